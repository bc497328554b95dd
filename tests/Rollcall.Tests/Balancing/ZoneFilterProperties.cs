using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

/// <summary>Zones against a plain computation of where traffic goes, over random sets. A failure names its seed.</summary>
public sealed class ZoneFilterProperties
{
    private const int Seeds = 2_000;

    [Fact]
    public void Shares_AreThoseOfTheFormula()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var endpoints = RandomSet(random);
            var weights = Weights(endpoints);
            if (!weights.ContainsKey("a") || weights.Count == 1)
                continue;
            var left = Shares(endpoints, "a");

            double total = weights.Values.Sum(), own = weights["a"];
            var kept = Math.Min(1, 1.4 * own / (weights.Values.Sum(static weight => weight * weight) / total));
            foreach (var (zone, weight) in weights)
            {
                var expected = zone == "a" ? kept : (1 - kept) * weight / (total - own);
                Assert.True(Math.Abs(expected - left.GetValueOrDefault(zone)) < 0.01, $"seed {seed}, zone {zone}: {left.GetValueOrDefault(zone)} instead of {expected}");
            }
        }
    }

    [Fact]
    public void OneEndpoint_MovesNoMoreThanItsProportion()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var before = RandomSet(random);
            var after = Changed(before, random, out var changed);
            var (was, now) = (Weights(before), Weights(after));

            // Without anybody in the own zone there is no part of it to move.
            if (!was.ContainsKey("a") || !now.ContainsKey("a"))
                continue;
            var part = changed / Math.Min(was.Values.Sum(), now.Values.Sum());
            var zones = was.Keys.Union(now.Keys, StringComparer.Ordinal).Count();
            var (sharesBefore, sharesAfter) = (Shares(before, "a"), Shares(after, "a"));
            var moved = Math.Abs(sharesBefore.GetValueOrDefault("a") - sharesAfter.GetValueOrDefault("a"));
            Assert.True(moved <= (1.4 * zones * part) + 0.005, $"seed {seed}: {moved} moved by a part of {part} among {zones} zones");
            foreach (var zone in was.Keys.Union(now.Keys, StringComparer.Ordinal))
            {
                var other = Math.Abs(sharesBefore.GetValueOrDefault(zone) - sharesAfter.GetValueOrDefault(zone));
                Assert.True(other <= (((1.4 * zones) + 3.5) * part) + 0.005, $"seed {seed}: {other} of {zone} moved by a part of {part} among {zones} zones");
            }
        }
    }

    [Fact]
    public void EvenCallers_OverloadNoZoneByMuch()
    {
        var worst = 0.0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var endpoints = RandomSet(new Random(seed));
            var weights = Weights(endpoints);
            var load = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var own in weights.Keys)
            {
                foreach (var (zone, share) in Shares(endpoints, own))
                    load[zone] = load.GetValueOrDefault(zone) + (share / weights.Count);
            }

            foreach (var (zone, weight) in weights)
                worst = Math.Max(worst, load.GetValueOrDefault(zone) / (weight / weights.Values.Sum()));
        }

        Assert.InRange(worst, 1.2, 1.6);
    }

    private static Endpoint[] RandomSet(Random random)
    {
        var zones = random.Next(1, 6);
        var endpoints = random.Next(1, 60);
        var equal = random.Next(2) == 0;
        return [.. Enumerable.Range(0, endpoints).Select(i => Make.Endpoint(
            $"e-{i:00}",
            random.Next(6) == 0 ? EndpointState.NotReady : EndpointState.Ready,
            equal ? 100 : random.Next(1, 101)) with { Zone = ((char)('a' + Math.Min(random.Next(zones), random.Next(zones)))).ToString() })];
    }

    private static Endpoint[] Changed(Endpoint[] before, Random random, out double weight)
    {
        var at = random.Next(before.Length);
        var old = before[at];
        var was = old.State == EndpointState.Ready ? old.Weight * 100.0 : 0;
        switch (random.Next(4))
        {
            case 0:
                weight = was;
                return [.. before.Where((_, i) => i != at)];
            case 1:
                weight = old.Weight * 100.0;
                return [.. before.Select((endpoint, i) => i == at ? endpoint with { State = old.State == EndpointState.Ready ? EndpointState.Draining : EndpointState.Ready } : endpoint)];
            case 2:
                var next = random.Next(1, 101);
                weight = Math.Abs((next * 100.0) - was);
                return [.. before.Select((endpoint, i) => i == at ? endpoint with { State = EndpointState.Ready, Weight = next } : endpoint)];
            default:
                weight = 10_000;
                return [.. before, Make.Endpoint("new") with { Zone = ((char)('a' + random.Next(6))).ToString() }];
        }
    }

    private static Dictionary<string, double> Weights(Endpoint[] endpoints) => endpoints
        .Where(static endpoint => endpoint.State == EndpointState.Ready)
        .GroupBy(static endpoint => endpoint.Zone!, StringComparer.Ordinal)
        .ToDictionary(static zone => zone.Key, static zone => zone.Sum(static endpoint => endpoint.Weight * 100.0), StringComparer.Ordinal);

    private static Dictionary<string, double> Shares(Endpoint[] endpoints, string own)
    {
        var filtering = new Filtering();
        ImmutableArray<BalancedEndpoint> left = [.. filtering.Apply(new ZoneFilter(own), filtering.Read(endpoints), listen: false).Where(static endpoint => endpoint.Endpoint.State == EndpointState.Ready)];
        double total = left.Sum(static endpoint => endpoint.Weight);
        return left.GroupBy(static endpoint => endpoint.Endpoint.Zone!, StringComparer.Ordinal)
            .ToDictionary(static zone => zone.Key, zone => zone.Sum(static endpoint => endpoint.Weight) / total, StringComparer.Ordinal);
    }
}
