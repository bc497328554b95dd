using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

[Collection(nameof(Alone))]
public sealed class LeaseExpiryTests
{
    private const int Many = 100_000;

    [Fact]
    public void A_hundred_thousand_leases_expire_within_250_ms_of_their_deadlines()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var leases = new List<Lease>(Many);
        var expiry = new LeaseExpiry(new LeaseOptions { GuardShare = 1 }, leases, now: 0);
        for (var i = 0; i < Many; i++)
        {
            // One second to three minutes, most of them short; some go beyond a turn of the wheel.
            var ttl = TimeSpan.FromSeconds(Math.Pow(180, random.NextDouble() * random.NextDouble()));
            var lease = new Lease(new InstanceKey("orders", "o"), ttl, ttl.Ticks, expired: false);
            leases.Add(lease);
            expiry.Admit(lease, now: 0);
        }

        var worst = TimeSpan.Zero;
        var expired = 0;
        for (long now = 0; expired < Many;)
        {
            // A busy machine wakes the loop up to 100 ms late.
            now += LeaseExpiry.Tick.Ticks + random.NextInt64(TimeSpan.FromMilliseconds(100).Ticks);
            // For a minute every other lease is renewed now and then, without the wheel hearing of it.
            for (var i = 0; i < 2000 && now < TimeSpan.FromMinutes(1).Ticks; i++)
                leases[random.Next(Many / 2) * 2].Renew(now);

            expiry.Advance(now);
            foreach (var (lease, word) in expiry.ToExpire)
            {
                var lateness = TimeSpan.FromTicks(now - Lease.DeadlineOf(word));
                Assert.True(lateness >= TimeSpan.Zero, $"seed {Seed}: {lateness} before its deadline");
                worst = lateness > worst ? lateness : worst;
                Assert.True(lease.TryExpire(word));
                lease.Forget();
                expired++;
            }
        }

        Assert.True(worst <= TimeSpan.FromMilliseconds(250), $"seed {Seed}: the latest was {worst.TotalMilliseconds:0} ms late");
    }

    [Fact]
    public void A_tracked_lease_takes_no_more_than_200_bytes()
    {
        var keys = Enumerable.Range(0, Many).Select(static i => new InstanceKey("orders", $"o-{i}")).ToArray();
        using var meters = new Measurements();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new LeaseTable(new LeaseOptions(), new TestKit.VirtualTime(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, meters);
        foreach (var key in keys)
            table.Track(key, TimeSpan.FromSeconds(10), expired: false);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Many;
        GC.KeepAlive(table);
        TestContext.Current.SendDiagnosticMessage("{0} bytes per lease", bytes);
        Assert.InRange(bytes, 50, 200);
    }

    [Fact]
    public void Renewing_allocates_nothing()
    {
        using var meters = new Measurements();
        var table = new LeaseTable(new LeaseOptions(), new TestKit.VirtualTime(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, meters);
        var key = new InstanceKey("orders", "o-1");
        table.Track(key, TimeSpan.FromSeconds(10), expired: false);
        Assert.Equal(0, TestKit.Allocation.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
                table.TryRenew(key);
        }));
    }

    [Fact]
    public void After_the_guard_ends_every_held_lease_has_a_full_ttl_once_more()
    {
        var ttl = TimeSpan.FromSeconds(10).Ticks;
        var leases = Enumerable.Range(0, 10).Select(i => new Lease(new InstanceKey("orders", $"o-{i}"), TimeSpan.FromSeconds(10), ttl, expired: false)).ToArray();
        var expiry = new LeaseExpiry(new LeaseOptions(), leases, now: 0);
        foreach (var lease in leases)
            expiry.Admit(lease, now: 0);

        var now = ttl + TimeSpan.FromSeconds(1).Ticks;
        Assert.Equal(GuardTransition.Began, expiry.Advance(now));
        Assert.Empty(expiry.ToExpire);
        now += TimeSpan.FromMinutes(10).Ticks;
        foreach (var lease in leases[..7])
            lease.Renew(now);
        Assert.Equal(GuardTransition.Ended, expiry.Advance(now));
        Assert.Empty(expiry.ToExpire);
        Assert.All(leases, lease => Assert.Equal(now + ttl, Lease.DeadlineOf(lease.Word)));

        foreach (var lease in leases[..7])
            lease.Renew(now + (ttl / 2));
        expiry.Advance(now + ttl + TimeSpan.FromMilliseconds(100).Ticks);
        Assert.Equal(leases[7..], expiry.ToExpire.Select(static lapse => lapse.Lease).OrderBy(static lease => lease.Key.Id, StringComparer.Ordinal));
    }
}

/// <summary>For tests that measure the process: they run alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
