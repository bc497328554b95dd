using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

/// <summary>Five endpoints, one of which does badly for a while, under 100 requests a second that choose by the balancer as every client does. On virtual time, from a seed.</summary>
public sealed class EjectionSimulation
{
    private const int Rate = 100;
    private static readonly PortRule Ports = new(RequestScheme.Find("http")!, null);

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData("errors", 0.03)]
    [InlineData("gateway", 0.03)]
    [InlineData("half", 0.10)]
    [InlineData("slow", 0.15)]
    public void OneDoesBadlyForTwoMinutes_RequestsGoElsewhereAndComeBack(string trouble, double mostShare)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (bad, after, forgotten) = Run(trouble, seed);

            Assert.True(bad < mostShare, $"seed {seed}: while it was in trouble it got {bad:P1} of the requests");
            Assert.True(after > 0.17, $"seed {seed}: in the last half minute it got {after:P1} of the requests");
            Assert.True(forgotten, $"seed {seed}: it is still avoided");
        }
    }

    [Fact]
    public void NobodyDoesBadly_NobodyIsEjected()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (share, _, _) = Run("none", seed);
            Assert.InRange(share, 0.19, 0.21);
        }
    }

    private (double Bad, double After, bool IsBack) Run(string trouble, int seed)
    {
        var random = new Random(seed);
        using var monitor = new HealthMonitor(
            new HealthContext(HealthSettings.Default, _time, new HealthMetrics(null), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance), random);
        var health = monitor.Of(Make.Target);
        var set = Make.Set(1, [.. "abcde".Select(static id => Make.Endpoint(id.ToString()))]);
        var use = new SelectionUse<Destination>(
            static endpoint => Ports.Authority(endpoint.Endpoint) is { } authority ? new Destination(endpoint, authority) : null, Ports.Explain);
        var selection = Selection<Destination>.Build(
            set, use, FilterChain.Of(new()), new FilterContext(health, _time.GetUtcNow()), new RoundRobinBalancer(random), null);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        double bad = 0;
        for (var second = 0; second < 300; second++)
        {
            var isBad = second is >= 30 and < 150;
            if (second is 30 or 150 or 270)
            {
                if (second == 150)
                    bad = counts.GetValueOrDefault("c") / (120d * Rate);
                counts.Clear();
            }

            for (var i = 0; i < Rate; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(1) / Rate);
                var picked = selection.Pick(PickContext.None, null)!.Endpoint;
                var id = picked.Endpoint.Id;
                counts[id] = counts.GetValueOrDefault(id) + 1;
                health.Answered(picked);
                health.Report(picked, Outcome(isBad && id == "c" ? trouble : "none", random));
            }
        }

        return (bad, counts.GetValueOrDefault("c") / (30d * Rate), !health.Endpoints.Any(ServiceHealth.IsAvoided));
    }

    // One of a thousand requests fails anyway.
    private static RequestOutcome Outcome(string trouble, Random random)
    {
        var latency = TimeSpan.FromMilliseconds(2 + (4 * random.NextDouble()));
        var usual = random.Next(1_000) == 0 ? OutcomeKind.Error : OutcomeKind.Success;
        return trouble switch
        {
            "errors" => new(OutcomeKind.Error, latency),
            "gateway" => new(OutcomeKind.GatewayError, latency),
            "half" => new(random.Next(2) == 0 ? OutcomeKind.Error : OutcomeKind.Success, latency),
            "slow" => new(usual, latency * 50),
            _ => new(usual, latency),
        };
    }
}
