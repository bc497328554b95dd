namespace Rollcall.Http;

/// <summary>What one request can tell Rollcall, and hear from it: keys of <see cref="HttpRequestMessage.Options"/>.</summary>
/// <example><code>
/// request.Options.Set(RollcallRequest.Key, cart.Id);
/// </code></example>
public static class RollcallRequest
{
    // A request's options are made when they are first looked at. Whoever has never asked for a key cannot have set one, and is spared that.
    private static bool _isUsed;
    private static bool _isSessionUsed;
    private static bool _isOnceUsed;

    /// <summary>
    /// What the request has affinity to, such as a session: with the policies <c>ring-hash</c> and <c>maglev</c>, requests with the same text go to the same endpoint for as
    /// long as it is there. Comes before the client's <c>AffinityKey</c>.
    /// </summary>
    public static HttpRequestOptionsKey<string> Key => Used<string>("Rollcall.Key");

    /// <summary>Where to write what became of the request.</summary>
    public static HttpRequestOptionsKey<RequestTrace> Trace => Used<RequestTrace>("Rollcall.Trace");

    /// <summary>
    /// The endpoint, by its <see cref="Destination.IdHash"/>, that the request belongs to: the first try goes there, with any policy, while the endpoint may be sent requests.
    /// </summary>
    internal static HttpRequestOptionsKey<ulong> Session
    {
        get
        {
            Volatile.Write(ref _isSessionUsed, true);
            return new("Rollcall.Session");
        }
    }

    /// <summary>Whether the request is to be sent to one endpoint only, whatever becomes of it.</summary>
    internal static HttpRequestOptionsKey<bool> Once
    {
        get
        {
            Volatile.Write(ref _isOnceUsed, true);
            return new("Rollcall.Once");
        }
    }

    internal static bool IsOnce(HttpRequestMessage request) =>
        Volatile.Read(ref _isOnceUsed) && request.Options.TryGetValue(Once, out var isOnce) && isOnce;

    internal static ulong? SessionOf(HttpRequestMessage request) =>
        Volatile.Read(ref _isSessionUsed) && request.Options.TryGetValue(Session, out var idHash) ? idHash : null;

    internal static string? KeyOf(HttpRequestMessage request) =>
        Volatile.Read(ref _isUsed) && request.Options.TryGetValue(Key, out var key) ? key : null;

    internal static RequestTrace? TraceOf(HttpRequestMessage request) =>
        Volatile.Read(ref _isUsed) && request.Options.TryGetValue(Trace, out var trace) ? trace : null;

    private static HttpRequestOptionsKey<T> Used<T>(string name)
    {
        Volatile.Write(ref _isUsed, true);
        return new(name);
    }
}
