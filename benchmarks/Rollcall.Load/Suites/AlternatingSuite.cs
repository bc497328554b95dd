using Rollcall.Load.Servers;

namespace Rollcall.Load.Suites;

/// <summary>Two servers under the same wrk load in turn.</summary>
internal static class AlternatingSuite
{
    public static async Task<(WrkRun[] Ours, WrkRun[] Theirs)> RunAsync(
        Server ours,
        string ourScript,
        Server theirs,
        string theirScript,
        LoadOptions options,
        CancellationToken cancellationToken)
    {
        await Wrk.RunAsync(ours, ourScript, options.Connections, options.WarmUp, cancellationToken);
        await Wrk.RunAsync(theirs, theirScript, options.Connections, options.WarmUp, cancellationToken);
        var (first, second) = (new WrkRun[options.Rounds], new WrkRun[options.Rounds]);
        for (var round = 0; round < options.Rounds; round++)
        {
            first[round] = await Wrk.RunAsync(ours, ourScript, options.Connections, options.Duration, cancellationToken);
            second[round] = await Wrk.RunAsync(theirs, theirScript, options.Connections, options.Duration, cancellationToken);
        }

        var errors = first.Concat(second).Sum(static run => run.Errors);
        return errors == 0
            ? (first, second)
            : throw new InvalidOperationException($"{errors} requests failed; the figures would mean nothing.");
    }

    public static double MedianRate(WrkRun[] runs) => Statistics.Median(runs.Select(static run => run.RequestsPerSecond));

    public static double MedianP99(WrkRun[] runs) => Statistics.Median(runs.Select(static run => run.P99.TotalMilliseconds));
}
