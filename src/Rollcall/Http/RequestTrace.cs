namespace Rollcall.Http;

/// <summary>
/// What became of one request, for access logs and statistics: put a new one into the request's options under <see cref="RollcallRequest.Trace"/>, and read it when
/// the answer's head has come or the request has failed.
/// </summary>
public sealed class RequestTrace
{
    private int _tries;

    /// <summary>The endpoint that gave the answer, else the one tried last; null when there was none to try.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>How many tries were begun, those that found no connection included.</summary>
    public int Tries => Volatile.Read(ref _tries);

    internal void Begin(Endpoint endpoint)
    {
        Endpoint = endpoint;
        Interlocked.Increment(ref _tries);
    }

    internal void End(Endpoint endpoint) => Endpoint = endpoint;
}
