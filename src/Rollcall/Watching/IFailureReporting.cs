namespace Rollcall.Watching;

/// <summary>
/// A source that tells of each failed attempt, which the watch itself keeps silent about (before the first state there is
/// nothing to mark stale). That is how a caller who waits in vain learns why.
/// </summary>
internal interface IFailureReporting
{
    /// <summary>As <see cref="IDiscoverySource.WatchAsync"/>; <paramref name="onFailure"/> runs on the watch's own flow and must not block.</summary>
    IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, Action<Exception> onFailure, CancellationToken cancellationToken);
}
