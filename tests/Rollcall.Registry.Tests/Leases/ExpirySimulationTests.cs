using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

/// <summary>Seeded fleets on virtual time; each failure names the seed that replays it.</summary>
public sealed class ExpirySimulationTests
{
    private static readonly TimeSpan OnTime = TimeSpan.FromMilliseconds(250);

    /// <summary>How long after a partition everything is as it should be: the longest ttl, held once more, and some slack.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(130);

    [Fact]
    public void Lone_deaths_expire_on_time_and_raise_no_alarm()
    {
        ForSeeds(150, (seed, random) =>
        {
            var fleet = NewFleet(random, random.Next(4, 60), maxTtlSeconds: 30);
            fleet.Run(TimeSpan.FromSeconds(60));
            for (var deaths = 0; deaths < 3; deaths++)
            {
                var dead = fleet.Members[random.Next(fleet.Members.Count)];
                dead.Alive = false;
                var deadline = Lease.DeadlineOf(dead.Lease!.Word);
                fleet.Run(TimeSpan.FromTicks(deadline - fleet.Now) - TimeSpan.FromMilliseconds(100));
                Assert.False(dead.Expired, $"seed {seed}: expired before its deadline");
                fleet.Run(OnTime + TimeSpan.FromMilliseconds(100) - LeaseExpiry.Tick);
                Assert.True(dead.Expired, $"seed {seed}: not expired 250 ms after its deadline");
                fleet.Members.Remove(dead);
                fleet.Run(TimeSpan.FromSeconds(random.Next(50, 90)));
            }

            Assert.Equal(0, fleet.Alarms);
            Assert.DoesNotContain(fleet.Members, static member => member.Expired);
        });
    }

    [Fact]
    public void A_partition_of_more_than_a_third_never_expires_more_than_a_third_and_heals()
    {
        ForSeeds(200, (seed, random) =>
        {
            var fleet = NewFleet(random, random.Next(5, 120), maxTtlSeconds: 60);
            var size = fleet.Members.Count;
            fleet.Run(TimeSpan.FromSeconds(120));
            var cutOff = random.Next((size / 3) + 1, size + 1);
            CutOff(fleet, random, cutOff);
            fleet.Run(TimeSpan.FromSeconds(random.Next(1, 300)));
            Assert.True(fleet.MostExpired <= size / 3, $"seed {seed}: {fleet.MostExpired} of {size} expired in a partition of {cutOff}");

            var (held, expired) = (fleet.GuardActive, fleet.Expirations);
            var atOnce = Heal(fleet, random);
            fleet.Run(Settling);
            Assert.False(fleet.GuardActive, $"seed {seed}: the guard goes on after healing");
            Assert.True(!held || !atOnce || fleet.Expirations == expired, $"seed {seed}: {fleet.Expirations - expired} expired that could be reached again");
            Assert.DoesNotContain(fleet.Members, static member => member.Expired);
            Assert.True(fleet.MostExpired <= size / 3, $"seed {seed}: {fleet.MostExpired} of {size} expired while a partition of {cutOff} healed");
        });
    }

    [Fact]
    public void A_partition_of_one_ttl_is_known_before_anything_expires()
    {
        ForSeeds(100, (seed, random) =>
        {
            var fleet = new FleetSimulation(random, new LeaseOptions());
            var size = random.Next(5, 100);
            var ttl = TimeSpan.FromSeconds(random.Next(1, 61));
            for (var i = 0; i < size; i++)
                fleet.Join(ttl, cadence: 1.0 / 3);
            fleet.Run(ttl * 3);
            CutOff(fleet, random, random.Next((size / 3) + 1, size + 1));
            fleet.Run(ttl * 3);
            Assert.True(fleet.GuardActive, $"seed {seed}");
            Assert.Equal(1, fleet.Alarms);
            Assert.Equal(0, fleet.MostExpired);
        });
    }

    [Fact]
    public void A_partition_of_up_to_a_third_is_taken_for_deaths_and_comes_back_when_it_heals()
    {
        ForSeeds(100, (seed, random) =>
        {
            var size = random.Next(3, 100);
            var fleet = NewFleet(random, size, maxTtlSeconds: 20);
            fleet.Run(TimeSpan.FromSeconds(60));
            var cutOff = size < 5 ? random.Next(size + 1) : random.Next((size / 3) + 1);
            CutOff(fleet, random, cutOff);
            fleet.Run(TimeSpan.FromSeconds(21));
            Assert.Equal(0, fleet.Alarms);
            Assert.Equal(cutOff, fleet.MostExpired);
            Assert.True(fleet.WorstLateness <= OnTime, $"seed {seed}: {fleet.WorstLateness} late");

            // Longer than expired ones are kept: some are removed and register anew.
            fleet.Run(TimeSpan.FromSeconds(random.Next(1, 90)));
            Heal(fleet, random);
            fleet.Run(TimeSpan.FromSeconds(21));
            Assert.DoesNotContain(fleet.Members, static member => member.Expired);
            Assert.Equal(0, fleet.Alarms);
        });
    }

    [Fact]
    public void A_majority_that_is_really_gone_is_held_until_it_is_deregistered_or_outnumbered()
    {
        ForSeeds(50, (seed, random) =>
        {
            var fleet = NewFleet(random, 20, maxTtlSeconds: 30);
            fleet.Run(TimeSpan.FromSeconds(60));
            foreach (var member in fleet.Members.Take(12))
                member.Alive = false;
            fleet.Run(TimeSpan.FromMinutes(10));
            Assert.True(fleet.GuardActive, $"seed {seed}");

            if (random.Next(2) == 0)
            {
                foreach (var dead in fleet.Members.Where(static member => !member.Alive).Take(9).ToArray())
                    fleet.Deregister(dead);
            }
            else
            {
                for (var i = 0; i < 30; i++)
                    fleet.Join(TimeSpan.FromSeconds(10), cadence: 0.3);
            }

            fleet.Run(Settling);
            Assert.False(fleet.GuardActive, $"seed {seed}");
            Assert.Equal(fleet.Members.Where(static member => !member.Alive), fleet.Members.Where(static member => member.Expired));
        });
    }

    [Fact]
    public void A_restart_with_a_dead_minority_waits_one_ttl_and_expires_it()
    {
        ForSeeds(50, (_, random) =>
        {
            // Everything was tracked at once and renewed never: what a recovery looks like.
            var fleet = NewFleet(random, 30, maxTtlSeconds: 10);
            foreach (var member in fleet.Members.Take(10))
                member.Alive = false;
            fleet.Run(TimeSpan.FromSeconds(12));
            Assert.Equal(10, fleet.MostExpired);
            Assert.True(fleet.WorstLateness <= OnTime);
            Assert.Equal(0, fleet.Alarms);
        });
    }

    private static void ForSeeds(int count, Action<int, Random> run)
    {
        for (var seed = 0; seed < count; seed++)
        {
            try
            {
                run(seed, new Random(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
            }
        }
    }

    private static FleetSimulation NewFleet(Random random, int size, int maxTtlSeconds)
    {
        var fleet = new FleetSimulation(random, new LeaseOptions());
        for (var i = 0; i < size; i++)
            fleet.Join(TimeSpan.FromSeconds(random.Next(1, maxTtlSeconds + 1)), cadence: 0.2 + (random.NextDouble() / 4));
        return fleet;
    }

    private static void CutOff(FleetSimulation fleet, Random random, int count)
    {
        var members = fleet.Members.ToArray();
        random.Shuffle(members);
        foreach (var member in members.Take(count))
            member.CutOff = true;
    }

    // All at once, which makes it true, or in two steps.
    private static bool Heal(FleetSimulation fleet, Random random)
    {
        var cutOff = fleet.Members.Where(static member => member.CutOff).ToArray();
        var first = random.Next(2) == 0 ? 0 : random.Next(cutOff.Length + 1);
        foreach (var member in cutOff[..first])
            fleet.Heal(member);
        if (first > 0)
            fleet.Run(TimeSpan.FromSeconds(random.Next(3)));
        foreach (var member in cutOff[first..])
            fleet.Heal(member);
        return first == 0;
    }
}
