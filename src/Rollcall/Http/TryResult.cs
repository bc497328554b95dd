using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Rollcall.Http;

/// <summary>What one try of a request came to: a response, or an error and what it means.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TryResult
{
    public TryResult(HttpResponseMessage response)
    {
        Response = response;
        Outcome = TryOutcome.Answered;
    }

    public TryResult(TryOutcome outcome, Exception error)
    {
        Outcome = outcome;
        Error = ExceptionDispatchInfo.Capture(error);
    }

    public HttpResponseMessage? Response { get; }

    public TryOutcome Outcome { get; }

    /// <summary>The error with the stack it was thrown from; null when there is a response.</summary>
    public ExceptionDispatchInfo? Error { get; }
}
