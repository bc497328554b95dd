using System.Collections.Frozen;
using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>
/// Every source of this process by the schemes it answers for; itself a source that hands each target to the right one. Immutable, thread-safe.
/// </summary>
public sealed class SourceRegistry : IDiscoverySource, IFailureReporting, IRefreshable
{
    private readonly FrozenDictionary<string, IDiscoverySource> _byScheme;

    /// <summary>Takes the sources; not owned.</summary>
    /// <param name="sources">
    /// When two answer for the same scheme, the later one does: an application replaces a source by adding its own after the built-in ones.
    /// </param>
    public SourceRegistry(IEnumerable<IDiscoverySource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var byScheme = new Dictionary<string, IDiscoverySource>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var scheme in source.Schemes)
                byScheme[scheme] = source;
        }

        _byScheme = byScheme.ToFrozenDictionary(StringComparer.Ordinal);
        Schemes = [.. byScheme.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Every scheme some source answers for, in order.</summary>
    public IReadOnlyCollection<string> Schemes { get; }

    /// <summary>The source that answers for <paramref name="target"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the schemes there are.</exception>
    public IDiscoverySource Find(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return _byScheme.TryGetValue(target.Scheme, out var source)
            ? source
            : throw new ArgumentException(
                $"No source answers for the scheme '{target.Scheme}' of {target}. There are: {string.Join(", ", Schemes)}. " +
                $"Correct the scheme, or register an {nameof(IDiscoverySource)} for it.",
                nameof(target));
    }

    /// <inheritdoc />
    public void Validate(ServiceTarget target) => Find(target).Validate(target);

    /// <inheritdoc />
    public ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken) =>
        Find(target).DiscoverAsync(target, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, CancellationToken cancellationToken) =>
        Find(target).WatchAsync(target, cancellationToken);

    IAsyncEnumerable<EndpointSet> IFailureReporting.WatchAsync(
        ServiceTarget target, Action<Exception> onFailure, CancellationToken cancellationToken) =>
        Find(target) is IFailureReporting source
            ? source.WatchAsync(target, onFailure, cancellationToken)
            : Find(target).WatchAsync(target, cancellationToken);

    /// <inheritdoc />
    public void Refresh(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (_byScheme.TryGetValue(target.Scheme, out var source) && source is IRefreshable refreshable)
            refreshable.Refresh(target);
    }
}
