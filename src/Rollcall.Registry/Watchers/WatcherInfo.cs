namespace Rollcall.Registry.Watchers;

/// <summary>How a watcher is told of changes.</summary>
public enum WatcherKind
{
    /// <summary>Blocking queries; each names the revision it has applied.</summary>
    Poll = 0,

    /// <summary>A stream of events; what it was sent is known, what its client has done with it is not.</summary>
    Stream = 1,
}

/// <summary>One watcher of one service, as of now.</summary>
/// <param name="Id">The name it gave.</param>
/// <param name="Kind">How it is told.</param>
/// <param name="Applied">The revision it has applied or been sent.</param>
/// <param name="Remote">Its address; null when unknown.</param>
/// <param name="Since">When it began to watch (UTC).</param>
/// <param name="LastSeen">When it was last heard of (UTC).</param>
public sealed record WatcherInfo(
    string Id,
    WatcherKind Kind,
    long Applied,
    string? Remote,
    DateTimeOffset Since,
    DateTimeOffset LastSeen);
