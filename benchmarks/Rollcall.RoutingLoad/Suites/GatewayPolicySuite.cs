using System.Globalization;
using Rollcall.Load;
using Rollcall.Load.Servers;
using Rollcall.RoutingLoad.Servers;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>What a slow instance costs those who come through the gateway, by policy.</summary>
internal static class GatewayPolicySuite
{
    // Few enough that nobody waits for a processor: where the quick ones have queues, the slow one is rightly sent some of it.
    private const int Connections = 2;

    public static async Task RunAsync(Programs programs, RoutingOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var fleet = await SlowFleet.StartAsync(programs, cancellationToken);
        await using var ewma = new GatewayProxy(programs.Rollcall, programs.DataOf("ewma"), fleet.Ports, "peak-ewma");
        await using var robin = new GatewayProxy(programs.Rollcall, programs.DataOf("robin"), fleet.Ports, "round-robin");
        Server[] servers = [ewma, robin];
        foreach (var server in servers)
            await server.StartAsync(cancellationToken);
        var runs = await Rounds.RunAsync(servers, Connections, options, cancellationToken);

        var ratio = Rounds.Ratio(runs[0], runs[1], static run => run.Wrk.P99.TotalMilliseconds);
        report.Add("one of five 20 times slower, through the gateway: p99 of peak-ewma beside round-robin", P99(runs[0]), P99(runs[1]), $"{ratio:0.00}×", "≤ 0.5", ratio <= 0.5);
    }

    private static string P99(ServerRun[] runs) => string.Create(CultureInfo.InvariantCulture, $"{Rounds.Median(runs, static run => run.Wrk.P99.TotalMilliseconds):0.0} ms");
}
