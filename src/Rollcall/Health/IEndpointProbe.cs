using System.Runtime.InteropServices;

namespace Rollcall.Health;

/// <summary>Asks an endpoint whether it is well.</summary>
internal interface IEndpointProbe
{
    /// <summary>What became of one probe. Does not throw, but for the cancellation asked for.</summary>
    Task<ProbeResult> ProbeAsync(Endpoint endpoint, ProbeOptions options, CancellationToken cancellationToken);
}

/// <summary>What a probe found.</summary>
/// <param name="Problem">What is wrong; null when it is well.</param>
/// <param name="Detail">In words.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbeResult(AvoidReason? Problem, string Detail)
{
    public static ProbeResult Well { get; } = new(null, "");
}
