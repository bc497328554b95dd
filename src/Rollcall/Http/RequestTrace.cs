using System.Runtime.InteropServices;

namespace Rollcall.Http;

/// <summary>
/// What became of one request, for access logs and statistics: put a new one into the request's options under <see cref="RollcallRequest.Trace"/>, and read it when
/// the answer's head has come or the request has failed.
/// </summary>
public sealed class RequestTrace
{
    private int _tries;
    private FailedTry[] _failed = [];

    /// <summary>The endpoint that gave the answer, else the one tried last; null when there was none to try.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>How many tries were begun, those that found no connection included.</summary>
    public int Tries => Volatile.Read(ref _tries);

    /// <summary>The endpoint tried first; null when there was none to try.</summary>
    internal Endpoint? First { get; private set; }

    /// <summary>The tries that failed so far, whatever became of the request.</summary>
    internal ReadOnlySpan<FailedTry> Failed => Volatile.Read(ref _failed);

    // Not for several at once; but a try that lost a race may fail while others read.
    internal void Fail(Endpoint endpoint, int status) => Volatile.Write(ref _failed, [.. _failed, new(endpoint, status)]);

    internal void Begin(Endpoint endpoint)
    {
        First ??= endpoint;
        Endpoint = endpoint;
        Interlocked.Increment(ref _tries);
    }

    internal void End(Endpoint endpoint) => Endpoint = endpoint;
}

/// <summary>A try that failed.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Status">Of the answer; 0 when there was none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FailedTry(Endpoint Endpoint, int Status);
