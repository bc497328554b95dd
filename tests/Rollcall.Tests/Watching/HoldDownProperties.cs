using Rollcall.Watching;
using static Rollcall.Tests.Watching.HoldDownTests;

namespace Rollcall.Tests.Watching;

/// <summary>What must hold whatever a source says, over random histories.</summary>
public sealed class HoldDownProperties
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(5);

    [Fact]
    public void Random_histories()
    {
        for (var seed = 0; seed < 2_000; seed++)
            Play(seed);
    }

    private static void Play(int seed)
    {
        var random = new Random(seed);
        var share = random.Next(5) / 4.0;
        var holdDown = new HoldDown(HoldTime, share);
        var now = 0.0;
        // The dumb oracle's memory: when each endpoint was last named, and how.
        var lastNamed = new Dictionary<string, (double At, Endpoint Endpoint)>(StringComparer.Ordinal);
        var reading = Live("");
        for (var step = 0; step < 40; step++)
        {
            now += random.Next(4);
            Belief belief;
            if (step == 0 || random.Next(4) > 0)
            {
                // A live source that was heard of until now has named its endpoints until now.
                foreach (var endpoint in reading.Endpoints)
                    lastNamed[endpoint.Id] = (now, endpoint);
                reading = RandomReading(random);
                belief = holdDown.Apply(reading, At(now));
            }
            else
            {
                belief = holdDown.Tick(At(now));
            }

            foreach (var endpoint in reading.Endpoints)
                lastNamed[endpoint.Id] = (now, endpoint);
            Check(belief, reading, lastNamed, now, $"seed {seed}, step {step}, share {share}");
        }

        var settled = holdDown.Tick(At(now + HoldTime.TotalSeconds));
        Assert.True(settled.Reading.Endpoints.SequenceEqual(reading.Endpoints) && settled.Reading.Freshness.IsLive, $"seed {seed}: not settled");
    }

    private static void Check(Belief belief, Reading reading, Dictionary<string, (double At, Endpoint Endpoint)> lastNamed, double now, string where)
    {
        var named = reading.Endpoints.ToDictionary(static endpoint => endpoint.Id, StringComparer.Ordinal);
        var kept = 0;
        foreach (var endpoint in belief.Reading.Endpoints)
        {
            if (named.Remove(endpoint.Id, out var said))
            {
                Assert.True(said == endpoint, $"{where}: {endpoint.Id} is not as the source says");
                continue;
            }

            kept++;
            var (at, last) = lastNamed[endpoint.Id];
            Assert.True(now - at < HoldTime.TotalSeconds, $"{where}: {endpoint.Id} is kept for {now - at} s");
            Assert.True(last == endpoint && last.State != EndpointState.Draining, $"{where}: {endpoint.Id} is kept in a state it did not have, or after good-bye");
        }

        Assert.True(named.Count == 0, $"{where}: what the source names is missing");
        Assert.True(belief.Reading.Endpoints.Select(static endpoint => endpoint.Id).SequenceEqual(
            belief.Reading.Endpoints.Select(static endpoint => endpoint.Id).Order(StringComparer.Ordinal), StringComparer.Ordinal), $"{where}: out of order");
        Assert.True(kept > 0 == !belief.Reading.Freshness.IsLive, $"{where}: {kept} kept, yet {belief.Reading.Freshness}");
        Assert.True(kept > 0 == belief.Deadline is not null, $"{where}: {kept} kept, yet the deadline is {belief.Deadline}");
        Assert.True(belief.Deadline is null || belief.Deadline > TimeSpan.FromSeconds(now), $"{where}: the deadline has passed");
        Assert.True(belief.Reading.Endpoints.Length > 0 || reading.Endpoints.IsEmpty, $"{where}: empty out of nothing");
    }

    private static Reading RandomReading(Random random)
    {
        // Drops to empty and near it are what this is about, so they are common here.
        var likely = random.Next(4) switch { 0 => 0, 1 => 20, 2 => 60, _ => 95 };
        var words = "abcdefgh".Where(_ => random.Next(100) < likely).Select(id => id + random.Next(8) switch { 0 => "~", 1 => "-", _ => "" });
        return Live(string.Join(' ', words));
    }
}
