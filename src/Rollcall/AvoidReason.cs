namespace Rollcall;

/// <summary>Why an endpoint is avoided.</summary>
internal enum AvoidReason
{
    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>It has answered nobody for the time of a try.</summary>
    Silent,

    /// <summary>It did not answer probes as it should. From here on: ejected, judged by what it answers.</summary>
    FailedProbe,

    /// <summary>Too many failures in a row.</summary>
    Failures,

    /// <summary>Too many gateway errors in a row.</summary>
    GatewayErrors,

    /// <summary>Far more of its requests fail than of the others'.</summary>
    SuccessRate,

    /// <summary>It is far slower than the others.</summary>
    Latency,
}
