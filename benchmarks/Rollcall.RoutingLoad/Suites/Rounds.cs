using Rollcall.Load;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>One run of wrk, and what the server spent on it.</summary>
internal sealed record ServerRun(WrkRun Wrk, TimeSpan Processor)
{
    public double MicrosecondsPerRequest => Processor.TotalMicroseconds / (Wrk.RequestsPerSecond * Seconds);

    public required double Seconds { get; init; }
}

/// <summary>Several servers under the same load in turn, round after round, each round beginning with another.</summary>
internal static class Rounds
{
    /// <summary>The runs of each server, in the order of the servers; the same index is the same round.</summary>
    public static async Task<ServerRun[][]> RunAsync(IReadOnlyList<Server> servers, int connections, RoutingOptions options, CancellationToken cancellationToken)
    {
        foreach (var server in servers)
            await Wrk.RunAsync(server, "get.lua", connections, options.WarmUp, cancellationToken);
        ServerRun[][] runs = [.. servers.Select(_ => new ServerRun[options.Rounds])];
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < servers.Count; turn++)
            {
                var which = (round + turn) % servers.Count;
                var before = servers[which].ProcessorTime();
                var run = await Wrk.RunAsync(servers[which], "get.lua", connections, options.Duration, cancellationToken);
                if (run.Errors != 0)
                    throw new InvalidOperationException($"{run.Errors} requests to {servers[which].Name} failed; the figures would mean nothing.");
                runs[which][round] = new ServerRun(run, servers[which].ProcessorTime() - before) { Seconds = options.Duration.TotalSeconds };
            }
        }

        return runs;
    }

    /// <summary>The median of the ratios of each round: what slows a whole round slows both sides of it.</summary>
    public static double Ratio(ServerRun[] ours, ServerRun[] theirs, Func<ServerRun, double> figure) =>
        Statistics.Median(ours.Zip(theirs, (a, b) => figure(a) / figure(b)));

    public static double Median(ServerRun[] runs, Func<ServerRun, double> figure) => Statistics.Median(runs.Select(figure));
}
