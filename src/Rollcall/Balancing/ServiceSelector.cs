using Rollcall.Health;
using Rollcall.Watching;

namespace Rollcall.Balancing;

/// <summary>
/// The selection of a target that is always ready to pick from: made anew, on the watch's own loop, when the source has news, when health keeps somebody else away,
/// and when a filter asks for it. Reading <see cref="Current"/> is one volatile read.
/// </summary>
internal sealed class ServiceSelector<T> : IDisposable
    where T : class, ISelectable
{
    private readonly ServiceView<Selection<T>> _view;
    private readonly ServiceHealth _health;
    private readonly ITimer _repeat;

    public ServiceSelector(ServiceTarget target, ServiceResolver resolver, ServiceHealth health, IBalancer balancer, FilterChain filters, SelectionUse<T> use, TimeProvider time)
    {
        _health = health;
        Target = target;
        _repeat = time.CreateTimer(static selector => ((ServiceSelector<T>)selector!).Recompute(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // The view holds a reference of its own.
        using var watch = resolver.Watch(target);
        _view = watch.View<Selection<T>>((set, before) =>
        {
            var context = new FilterContext(health, time.GetUtcNow());
            var selection = Selection<T>.Build(set, use, filters, context, balancer, before);
            if (context.RepeatAfter is { } after)
                _repeat.Change(after, Timeout.InfiniteTimeSpan);
            return selection;
        });
        health.Follow(Recompute);
    }

    public ServiceTarget Target { get; }

    /// <summary>What is known of the endpoints.</summary>
    public ServiceHealth Health => _health;

    /// <summary>The newest selection; null until the first snapshot has come.</summary>
    public Selection<T>? Current => _view.Current;

    /// <summary>The newest selection, waiting for the first snapshot.</summary>
    /// <exception cref="DiscoveryException">It did not come in time.</exception>
    public ValueTask<Selection<T>> GetAsync(CancellationToken cancellationToken) => _view.GetAsync(cancellationToken);

    /// <summary>Hints that an endpoint of the newest snapshot could not be reached.</summary>
    public void Refresh() => _view.Refresh();

    public void Dispose()
    {
        _health.Unfollow(Recompute);
        _repeat.Dispose();
        _view.Dispose();
    }

    // A filter may ask for the next selection before this object is whole.
    private void Recompute() => _view?.Recompute();
}
