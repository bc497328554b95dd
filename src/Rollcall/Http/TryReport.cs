using System.Runtime.InteropServices;
using Rollcall.Health;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>What is to be told when a try is over: of which endpoint, to whom, and what is known so far.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TryReport(ServiceHealth Health, HttpMetrics Metrics, RequestGate? Gate, BalancedEndpoint Endpoint, RequestOutcome Outcome)
{
    /// <summary>The try is over. To be called once.</summary>
    public void End()
    {
        // First, so that whoever looks at the load while it learns finds this one gone.
        Endpoint.End();
        Gate?.Leave();
        Metrics.Learned(Outcome.Kind);
        Health.Report(Endpoint, Outcome);
    }

    /// <summary>The try is over, and not in the way its head has promised. To be called once.</summary>
    public void End(OutcomeKind kind) => (this with { Outcome = Outcome with { Kind = kind } }).End();
}
