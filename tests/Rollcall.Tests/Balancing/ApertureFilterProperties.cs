using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

/// <summary>What apertures promise over many clients and many changes. A failure names its seed.</summary>
public sealed class ApertureFilterProperties
{
    [Fact]
    public void Members_AreThoseOfAPlainWalk()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var endpoints = RandomSet(random);
            var (size, client) = (random.Next(1, 30), $"c-{random.Next(1000)}");
            var ready = endpoints.Where(static endpoint => endpoint.State == EndpointState.Ready).Select(static endpoint => endpoint.Id).ToArray();
            var expected = ready;
            if (ready.Length > size)
            {
                var ring = endpoints.OrderBy(static endpoint => KeyHash.Of(endpoint.Id)).ToArray();
                var start = (int)(AperturePlace.Of(client) / Math.Pow(2, 64) * ring.Length);
                expected = [.. ring.Skip(start).Concat(ring.Take(start)).Where(static endpoint => endpoint.State == EndpointState.Ready).Take(size).Select(static endpoint => endpoint.Id)];
            }

            Assert.True(expected.ToHashSet(StringComparer.Ordinal).SetEquals(Members(endpoints, size, client)), $"seed {seed}");
        }
    }

    [Fact]
    public void OneChange_ReplacesAboutOneMember()
    {
        const int Seeds = 2_000;
        var more = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var before = RandomSet(random);
            var at = random.Next(before.Length);
            Endpoint[] after = random.Next(3) switch
            {
                0 => [.. before.Where((_, i) => i != at)],
                1 => [.. before, Make.Endpoint($"new-{seed}")],
                _ => [.. before.Select((endpoint, i) => i != at ? endpoint : endpoint with { State = endpoint.State == EndpointState.Ready ? EndpointState.NotReady : EndpointState.Ready })],
            };
            var (size, client) = (random.Next(1, 30), $"c-{random.Next(1000)}");
            var (was, now) = (Members(before, size, client), Members(after, size, client));

            var (left, came) = (was.Except(now, StringComparer.Ordinal).Count(), now.Except(was, StringComparer.Ordinal).Count());
            Assert.True(left <= 2 && came <= 2, $"seed {seed}: {left} left and {came} came");
            more += left > 1 || came > 1 ? 1 : 0;
        }

        // Two only where a window goes round the end of the list, and there seldom.
        Assert.InRange(more, 1, Seeds / 100);
    }

    [Theory]
    [InlineData(100, 100, 10)]
    [InlineData(300, 1000, 20)]
    [InlineData(37, 211, 7)]
    [InlineData(1000, 50, 10)]
    public void NumberedClients_ShareEndpointsEvenly(int clients, int endpoints, int size)
    {
        var counts = Counts(clients, endpoints, size, static i => $"checkout-{i}");

        // Of the first so many places of the sequence, an arc holds its part to within a few (its discrepancy grows with the logarithm of their number).
        var mean = (double)clients * size / endpoints;
        Assert.InRange(counts.Max() - mean, 0, 4);
        Assert.InRange(mean - counts.Min(), 0, 4);
    }

    [Fact]
    public void NamedClients_ShareEndpointsAsChanceDoes()
    {
        var counts = Counts(1000, 100, 10, static i => $"host{i}/1");

        Assert.InRange(counts.Max() / 100.0, 1, 1.5);
        Assert.InRange(counts.Min() / 100.0, 0.5, 1);
    }

    private static int[] Counts(int clients, int endpoints, int size, Func<int, string> name)
    {
        Endpoint[] all = [.. Enumerable.Range(0, endpoints).Select(static i => Make.Endpoint($"e-{i:0000}"))];
        var set = new Filtering().Read(all);
        var counts = all.ToDictionary(static endpoint => endpoint.Id, static _ => 0, StringComparer.Ordinal);
        for (var i = 0; i < clients; i++)
        {
            foreach (var member in new Filtering().Apply(new ApertureFilter(new(size, name(i)), byZone: false), set, listen: false))
                counts[member.Endpoint.Id]++;
        }

        return [.. counts.Values];
    }

    private static Endpoint[] RandomSet(Random random) =>
        [.. Enumerable.Range(0, random.Next(2, 120)).Select(_ => Make.Endpoint($"e-{random.Next()}", random.Next(5) == 0 ? EndpointState.NotReady : EndpointState.Ready)).DistinctBy(static endpoint => endpoint.Id)];

    private static string[] Members(Endpoint[] endpoints, int size, string client)
    {
        var filtering = new Filtering();
        return [.. filtering.Apply(new ApertureFilter(new(size, client), byZone: false), filtering.Read(endpoints), listen: false)
            .Where(static endpoint => endpoint.Endpoint.State == EndpointState.Ready)
            .Select(static endpoint => endpoint.Endpoint.Id)];
    }
}
