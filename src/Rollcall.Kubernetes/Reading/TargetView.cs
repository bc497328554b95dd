using Rollcall.Kubernetes.Mapping;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Reading;

/// <summary>The endpoints of one target as some objects of the cluster give them. For one reader at a time.</summary>
internal abstract class TargetView(ZonePreference zones) : IAsyncDisposable
{
    private readonly Signal _wake = new();
    private bool _hasAnswered;

    /// <summary>Why the answer is not as good as it could be; null when it is.</summary>
    protected virtual string? Shortcoming => null;

    /// <summary>The list, kept by what derives.</summary>
    protected abstract MergedList List { get; }

    /// <summary>Completes when there may be something to take. Get it before <see cref="TryTake"/>.</summary>
    public Task Wake => _wake.Next;

    /// <summary>The whole list, when it is known and something in it is new.</summary>
    /// <exception cref="DiscoveryException">The objects cannot be kept current, or have not what the target asks for.</exception>
    public SourceAnswer? TryTake()
    {
        var before = Shortcoming;
        if (!Update())
            return null;
        var changed = List.Commit() || before != Shortcoming;
        if (!changed && _hasAnswered)
            return null;
        _hasAnswered = true;
        zones.Report(List.Endpoints);
        return new SourceAnswer(List.Endpoints, Shortcoming is { } reason ? Freshness.Fallback(reason) : Freshness.Live);
    }

    /// <summary>Takes the own zone.</summary>
    public void Learn(string? zone)
    {
        if (zones.Learn(zone))
            List.TouchAll();
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Takes all changes into <see cref="List"/>; false while not everything is known.</summary>
    protected abstract bool Update();

    /// <summary>Wakes the reader.</summary>
    protected void Notify() => _wake.Set();
}
