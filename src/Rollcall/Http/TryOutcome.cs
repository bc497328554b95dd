namespace Rollcall.Http;

/// <summary>How one try of a request ended.</summary>
internal enum TryOutcome
{
    /// <summary>With the head of a response, whatever its status.</summary>
    Answered,

    /// <summary>No connection: nothing of the request has been sent.</summary>
    Unreachable,

    /// <summary>The connection was lost before there was a response; the request may have been carried out.</summary>
    Reset,

    /// <summary>Given up by us because the endpoint was silent; the request may have been carried out.</summary>
    TimedOut,

    /// <summary>Given up by the caller, or by the timeout of the whole request.</summary>
    Cancelled,

    /// <summary>Anything else; trying elsewhere would not help.</summary>
    Failed,
}
