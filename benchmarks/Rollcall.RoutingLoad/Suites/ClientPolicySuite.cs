using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Balancing;
using Rollcall.Load;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>What a slow instance costs an application that calls through <see cref="HttpClient"/>, by policy: requests at a steady rate.</summary>
internal static class ClientPolicySuite
{
    private static readonly string[] Policies = [Balancers.RoundRobin, Balancers.Random, Balancers.LeastRequests, Balancers.PeakEwma];

    public static async Task RunAsync(Programs programs, RoutingOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var fleet = await SlowFleet.StartAsync(programs, cancellationToken);
        var runs = Policies.ToDictionary(static policy => policy, static _ => new List<SteadyRun>(), StringComparer.Ordinal);
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < Policies.Length; turn++)
            {
                var policy = Policies[(round + turn) % Policies.Length];
                runs[policy].Add(await RunAsync(fleet, policy, options, cancellationToken));
            }
        }

        var (ewma, robin) = (runs[Balancers.PeakEwma], runs[Balancers.RoundRobin]);
        var ratio = Statistics.Median(ewma.Zip(robin, static (a, b) => a.Percentile(99) / b.Percentile(99)));
        report.Add(
            "one of five 20 times slower, through HttpClient: p99 of peak-ewma beside round-robin", Text(ewma, 99), Text(robin, 99), $"{ratio:0.00}×", "≤ 0.5", ratio <= 0.5);
        foreach (var policy in Policies)
            report.Note($"{policy} with one of five 20 times slower: p50 {Text(runs[policy], 50)}, p90 {Text(runs[policy], 90)}, p99 {Text(runs[policy], 99)}.");
    }

    private static string Text(List<SteadyRun> runs, double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(runs.Select(run => run.Percentile(percent))):0.0} ms");

    // A process of its own in all but name: what one policy has learned of the endpoints must not help the next.
    private static async Task<SteadyRun> RunAsync(SlowFleet fleet, string policy, RoutingOptions options, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Rollcall:Services:slow", "static:///" + string.Join(',', fleet.Ports.Select(static port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")))),
            new("Rollcall:Balancer", policy),

            // Or the slow one is soon sent nothing, whatever the policy.
            new("Rollcall:Health:Ejection", "false"),
        ]).Build());
        services.AddHttpClient("slow").UseRollcall();
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("slow");
        var url = new Uri("http://slow/");
        await SteadyRun.RunAsync(http, url, options.Rate, options.WarmUp / 2, cancellationToken);
        return await SteadyRun.RunAsync(http, url, options.Rate, options.Duration, cancellationToken);
    }
}
