namespace Rollcall.Health;

/// <summary>Reasons as people, metrics and the wire name them.</summary>
internal static class AvoidReasonText
{
    public static string ToText(this AvoidReason reason) => reason switch
    {
        AvoidReason.Unreachable => "unreachable",
        AvoidReason.Silent => "silent",
        AvoidReason.FailedProbe => "failed-probe",
        AvoidReason.Failures => "failures",
        AvoidReason.GatewayErrors => "gateway-errors",
        AvoidReason.SuccessRate => "success-rate",
        AvoidReason.Latency => "latency",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
