namespace Rollcall.Registry.Watchers;

/// <summary>
/// Who watches which service and which revision each has applied. A poll watcher is live from its query until a grace after its
/// connection ends or its next query fails to come; what it names as index it has applied.
/// </summary>
public sealed class WatcherTable
{
    /// <summary>Notes that a watcher asks for changes after <paramref name="applied"/>. Dispose the handle when the request ends.</summary>
    /// <param name="service">The service it watches.</param>
    /// <param name="watcher">The name it gave; unique per process that watches.</param>
    /// <param name="kind">How it is told.</param>
    /// <param name="applied">The revision it has applied.</param>
    /// <param name="remote">Its address, for people.</param>
    public WatcherHandle Enter(string service, string watcher, WatcherKind kind, long applied, string? remote) =>
        throw new NotImplementedException();

    /// <summary>The live watchers of a service, in order of id.</summary>
    public IReadOnlyList<WatcherInfo> GetWatchers(string service) => throw new NotImplementedException();

    /// <summary>Live watchers of a service.</summary>
    public int Count(string service) => throw new NotImplementedException();

    /// <summary>Live watchers of all services.</summary>
    public int TotalCount => throw new NotImplementedException();
}

/// <summary>The presence of one watcher while its request lasts.</summary>
public sealed class WatcherHandle : IDisposable
{
    /// <summary>Notes that it has applied (poll) or been sent (stream) a revision.</summary>
    public void Advance(long applied) => throw new NotImplementedException();

    /// <summary>Says that its connection was lost, so that it is forgotten soon unless it asks again.</summary>
    public void Lost() => throw new NotImplementedException();

    /// <summary>The request was answered: the watcher is expected to ask again.</summary>
    public void Dispose() => throw new NotImplementedException();
}
