using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

/// <summary>What the guard foresees must come true: the oracle is the census that was spared.</summary>
public sealed class GuardForesightTests
{
    [Fact]
    public void A_census_that_is_spared_would_have_found_nothing()
    {
        var spared = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var now = TimeSpan.FromHours(1).Ticks;
            var leases = new List<Lease>();
            for (var i = random.Next(5, 80); i > 0; i--)
                leases.Add(NewLease(random, now, age: 0.5 * random.NextDouble(), expired: random.Next(12) == 0));
            var options = new LeaseOptions();
            var guard = new ExpiryGuard(options.GuardShare, options.GuardMinLeases, options.GuardWindow);
            if (Census(guard, leases, now))
                continue;

            // Whatever can happen until it looks again: some renew, register, expire; others leave.
            var later = now + random.NextInt64(ExpiryGuard.Foresight.Ticks + 1);
            var forgotten = 0;
            foreach (var lease in leases.ToArray())
            {
                switch (random.Next(6))
                {
                    case 0:
                        lease.Renew(now + random.NextInt64(later - now + 1));
                        break;
                    case 1:
                        leases.Remove(lease);
                        forgotten++;
                        break;
                    case 2:
                        leases.Add(NewLease(random, later, age: 0, expired: false));
                        break;
                    case 3 when Lease.DeadlineOf(lease.Word) <= later:
                        lease.TryExpire(lease.Word);
                        break;
                }
            }

            if (!guard.IsIdle(later, forgotten))
                continue;
            spared++;
            var oracle = new ExpiryGuard(options.GuardShare, options.GuardMinLeases, options.GuardWindow);
            Assert.False(Census(oracle, leases, later), $"seed {seed}");
        }

        Assert.InRange(spared, 500, 19_000);
    }

    [Fact]
    public void It_foresees_nothing_while_active_nor_beyond_its_horizon()
    {
        var now = TimeSpan.FromHours(1).Ticks;
        var well = Enumerable.Range(0, 10).Select(_ => new Lease(default, TimeSpan.FromMinutes(1), now + TimeSpan.FromMinutes(1).Ticks, expired: false)).ToList();
        var guard = new ExpiryGuard(1.0 / 3, 5, TimeSpan.FromSeconds(10));
        Assert.False(Census(guard, well, now));
        Assert.True(guard.IsIdle(now + ExpiryGuard.Foresight.Ticks, forgotten: 9));
        Assert.False(guard.IsIdle(now + ExpiryGuard.Foresight.Ticks + 1, forgotten: 0));

        Assert.True(Census(guard, well, now + TimeSpan.FromMinutes(2).Ticks));
        Assert.False(guard.IsIdle(now + TimeSpan.FromMinutes(2).Ticks, forgotten: 0));
    }

    private static Lease NewLease(Random random, long now, double age, bool expired)
    {
        var ttl = TimeSpan.FromMilliseconds(random.Next(1000, 4000));
        return new Lease(default, ttl, now + (long)(ttl.Ticks * (1 - age)), expired);
    }

    private static bool Census(ExpiryGuard guard, List<Lease> leases, long now)
    {
        guard.BeginCensus(now);
        foreach (var lease in leases)
            guard.Count(Lease.DeadlineOf(lease.Word), lease.TtlTicks, lease.IntervalTicks, Lease.IsExpired(lease.Word));
        guard.EndCensus();
        return guard.Active;
    }
}
