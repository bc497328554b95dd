using Rollcall.Load.Servers;

namespace Rollcall.Load.Suites;

/// <summary>Durable registrations against durable puts of the same record.</summary>
internal static class RegistrationSuite
{
    private const string WhyTheTail =
        "The 99th percentile of registrations is that of clients which ask again at once, so the quicker side is asked more. What stands there are probably pauses of garbage "
        + "collections, which is not proven: compare dotnet_gc_pause_seconds_total and dotnet_gc_collections_total with rollcall_journal_append_duration_seconds in the node's /metrics after a run.";

    public static async Task RunAsync(Server ours, Server theirs, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        var (a, b) = await AlternatingSuite.RunAsync(ours, "rollcall-register.lua", theirs, "etcd-put.lua", options, cancellationToken);
        var (rateA, rateB) = (AlternatingSuite.MedianRate(a), AlternatingSuite.MedianRate(b));
        report.Add(
            $"durable registrations, {options.Connections} connections",
            $"{rateA:N0}/s", $"{rateB:N0}/s", $"{rateA / rateB:0.00}×", "≥ 2.5×", rateA / rateB >= 2.5);
        var (p99A, p99B) = (AlternatingSuite.MedianP99(a), AlternatingSuite.MedianP99(b));
        report.Add("the same, p99", $"{p99A:0.0} ms", $"{p99B:0.0} ms", $"{p99A / p99B:0.00}×", "≤ 1×", p99A <= p99B);
        if (p99A > p99B)
            report.Note(WhyTheTail);
    }
}
