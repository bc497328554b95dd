using System.Collections.Concurrent;

namespace Rollcall.TestKube.Faults;

/// <summary>One request, as it came.</summary>
/// <param name="Verb">Of authorization: <c>list</c>, <c>watch</c>, <c>get</c>, …; the method in lower case for paths that are no resource.</param>
/// <param name="Resource">Null for paths that are no resource.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Protocol">Such as <c>HTTP/2</c>.</param>
/// <param name="UserAgent">What the client calls itself.</param>
public sealed record RequestRecord(string Verb, string? Resource, string? Namespace, string Target, string Protocol, string UserAgent);

/// <summary>What a test may count. Thread-safe.</summary>
public sealed class ServerCounters
{
    private readonly ConcurrentQueue<RequestRecord> _requests = new();
    private int _connections;
    private int _watches;

    /// <summary>TCP connections open now.</summary>
    public int OpenConnections => Volatile.Read(ref _connections);

    /// <summary>Watches open now.</summary>
    public int OpenWatches => Volatile.Read(ref _watches);

    /// <summary>Every request so far.</summary>
    public IReadOnlyCollection<RequestRecord> Requests => _requests;

    /// <summary>How many requests of a verb for a resource there have been.</summary>
    public int Count(string verb, string? resource = null) => _requests.Count(request => request.Verb == verb && (resource is null || request.Resource == resource));

    internal void Add(RequestRecord request) => _requests.Enqueue(request);

    internal void OnConnection(int change) => Interlocked.Add(ref _connections, change);

    internal void OnWatch(int change) => Interlocked.Add(ref _watches, change);
}
