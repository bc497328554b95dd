using System.Globalization;
using Rollcall.Load;
using Rollcall.Load.Servers;
using Rollcall.RoutingLoad.Servers;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>What the gateway costs beside raw YARP, nginx and haproxy: same back ends, same load, same headers, round robin.</summary>
internal static class ProxySuite
{
    public static async Task RunAsync(Programs programs, RoutingOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var back = new NginxBackends(programs.Nginx, programs.DataOf("back"));
        await using var ours = new GatewayProxy(programs.Rollcall, programs.DataOf("gateway"), back.Ports, "round-robin");
        await using var yarp = new YarpProxy(programs.YarpPeer, programs.DataOf("yarp"), back.Ports, completesInline: false);
        await using var inline = new YarpProxy(programs.YarpPeer, programs.DataOf("yarp-inline"), back.Ports, completesInline: true);
        await using var nginx = new NginxProxy(programs.Nginx, programs.DataOf("nginx"), back.Ports);
        await using var haproxy = new HaproxyProxy(programs.Haproxy, programs.DataOf("haproxy"), back.Ports);
        Server[] servers = [ours, yarp, inline, nginx, haproxy];
        await back.StartAsync(cancellationToken);
        foreach (var server in servers)
            await server.StartAsync(cancellationToken);
        var runs = await Rounds.RunAsync(servers, options.Connections, options, cancellationToken);

        Beside(report, $"gateway beside raw YARP, {options.Connections} connections", runs[0], runs[1], "≥ 0.97", static ratio => ratio >= 0.97);
        Latency(report, "the same, p99", runs[0], runs[1], "≤ 1.1", static ratio => ratio <= 1.1);
        Beside(report, "gateway beside raw YARP with inline completions, which the gateway has", runs[0], runs[2], "≥ 0.97", static ratio => ratio >= 0.97);
        Latency(report, "the same, p99", runs[0], runs[2], "≤ 1.1", static ratio => ratio <= 1.1);
        Beside(report, "gateway beside nginx", runs[0], runs[3], "≥ 0.6", static ratio => ratio >= 0.6);
        Latency(report, "the same, p99", runs[0], runs[3], "none", static _ => true);
        Beside(report, "gateway beside haproxy", runs[0], runs[4], "none", static _ => true);
        Latency(report, "the same, p99", runs[0], runs[4], "none", static _ => true);
        report.Note("Processor time of the proxy alone for one request: " + string.Join(", ", servers.Zip(
            runs, static (server, runs) => string.Create(CultureInfo.InvariantCulture, $"{server.Name} {Rounds.Median(runs, static run => run.MicrosecondsPerRequest):0.0} µs"))) + ".");
        report.Note($"The back ends are one nginx on {back.Ports.Count} ports that answers with 128 bytes. nginx and haproxy add the same X-Forwarded headers as YARP does by default, "
            + "and have a worker for each core. A ratio is the median of the ratios of each round.");
    }

    private static void Beside(Report report, string what, ServerRun[] ours, ServerRun[] theirs, string target, Func<double, bool> isMet)
    {
        var ratio = Rounds.Ratio(ours, theirs, static run => run.Wrk.RequestsPerSecond);
        report.Add(what, Rate(ours), Rate(theirs), $"{ratio:0.00}×", target, isMet(ratio));
    }

    private static void Latency(Report report, string what, ServerRun[] ours, ServerRun[] theirs, string target, Func<double, bool> isMet)
    {
        var ratio = Rounds.Ratio(ours, theirs, static run => run.Wrk.P99.TotalMilliseconds);
        report.Add(what, P99(ours), P99(theirs), $"{ratio:0.00}×", target, isMet(ratio));
    }

    private static string Rate(ServerRun[] runs) => string.Create(CultureInfo.InvariantCulture, $"{Rounds.Median(runs, static run => run.Wrk.RequestsPerSecond):N0}/s");

    private static string P99(ServerRun[] runs) => string.Create(CultureInfo.InvariantCulture, $"{Rounds.Median(runs, static run => run.Wrk.P99.TotalMilliseconds):0.0} ms");
}
