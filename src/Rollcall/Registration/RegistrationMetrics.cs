using System.Diagnostics.Metrics;

namespace Rollcall.Registration;

/// <summary>Requests to the node, by operation (register, renew, status, drain, deregister) and outcome (ok, refused, unreachable, failed).</summary>
internal sealed class RegistrationMetrics(IMeterFactory? meters)
{
    private readonly Histogram<double>? _duration = meters?.Create("Rollcall").CreateHistogram<double>(
        "rollcall.registration.request.duration", "s", "Time a node takes to answer a request of a registration.");

    public void Requested(RegistrationAction action, string outcome, TimeSpan took) =>
        _duration?.Record(took.TotalSeconds, new("rollcall.operation", Operation(action)), new("rollcall.outcome", outcome));

    private static string Operation(RegistrationAction action) => action switch
    {
        RegistrationAction.Register => "register",
        RegistrationAction.Renew => "renew",
        RegistrationAction.SetStatus => "status",
        RegistrationAction.Drain => "drain",
        _ => "deregister",
    };
}
