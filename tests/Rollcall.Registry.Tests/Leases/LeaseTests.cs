using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

public sealed class LeaseTests
{
    private static readonly long Second = TimeSpan.TicksPerSecond;
    private static readonly InstanceKey Key = new("orders", "o-1");
    private readonly Lease _lease = new(Key, TimeSpan.FromSeconds(9), deadline: 9 * Second, expired: false);

    [Fact]
    public void A_renewal_moves_the_deadline_a_full_ttl_ahead()
    {
        Assert.Equal(LeaseRenewal.Renewed, _lease.Renew(3 * Second));
        Assert.Equal(12 * Second, Lease.DeadlineOf(_lease.Word));
        Assert.False(Lease.IsOverdue(_lease.Word, (12 * Second) - 1));
        Assert.True(Lease.IsOverdue(_lease.Word, 12 * Second));
    }

    [Fact]
    public void A_lease_renewed_after_the_lapse_was_found_does_not_expire()
    {
        var word = _lease.Word;
        _lease.Renew(10 * Second);
        Assert.False(_lease.TryExpire(word));
        Assert.False(_lease.TryExtend(word, 20 * Second));
        Assert.False(Lease.IsExpired(_lease.Word));
    }

    [Fact]
    public void Only_the_first_renewal_of_an_expired_lease_revives_it()
    {
        Assert.True(_lease.TryExpire(_lease.Word));
        Assert.True(Lease.IsOverdue(_lease.Word, now: 0));
        Assert.Equal(9 * Second, Lease.DeadlineOf(_lease.Word));
        Assert.Equal(LeaseRenewal.Revived, _lease.Renew(20 * Second));
        Assert.Equal(LeaseRenewal.Renewed, _lease.Renew(20 * Second));
    }

    [Fact]
    public void A_forgotten_lease_is_beyond_renewal()
    {
        var word = _lease.Word;
        _lease.Forget();
        Assert.Equal(LeaseRenewal.Forgotten, _lease.Renew(Second));
        Assert.False(_lease.TryExpire(word));
        Assert.False(Lease.IsOverdue(_lease.Word, long.MaxValue));
        Assert.Equal(TimerWheel<Lease>.Never, _lease.NextLook(Second));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 3)] // whoever renews more often is not expected to
    [InlineData(8, 8)]
    public void It_learns_how_often_it_is_renewed(int everySeconds, int learnedSeconds)
    {
        for (var i = 1; i <= 60; i++)
            _lease.Renew(i * everySeconds * Second);
        Assert.Equal(learnedSeconds, TimeSpan.FromTicks(_lease.IntervalTicks).TotalSeconds, tolerance: 0.01);
    }

    [Fact]
    public void An_outage_teaches_nothing()
    {
        _lease.Renew(100 * Second);
        Assert.Equal(3 * Second, _lease.IntervalTicks);
        _lease.TryExpire(_lease.Word);
        _lease.Renew(105 * Second);
        Assert.Equal(3 * Second, _lease.IntervalTicks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(24 * 3600 * 1000)]
    public void Ttls_are_kept_to_the_millisecond(int milliseconds)
    {
        var lease = new Lease(Key, TimeSpan.FromMilliseconds(milliseconds), deadline: 0, expired: false);
        lease.Renew(now: 5);
        Assert.Equal(5 + TimeSpan.FromMilliseconds(milliseconds).Ticks, Lease.DeadlineOf(lease.Word));
        Assert.True(lease.HasTtl(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public async Task Every_expiry_is_followed_by_exactly_one_revival_whatever_the_threads_do()
    {
        long clock = 9 * Second;
        var expired = 0;
        var revived = 0;
        using var start = new Barrier(3);
        var renewers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                for (var i = 0; i < 100_000; i++)
                {
                    if (_lease.Renew(Volatile.Read(ref clock)) == LeaseRenewal.Revived)
                        Interlocked.Increment(ref revived);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        start.SignalAndWait(TestContext.Current.CancellationToken);
        while (!renewers.All(static renewer => renewer.IsCompleted))
        {
            var now = Interlocked.Add(ref clock, 10 * Second);
            var word = _lease.Word;
            if (Lease.IsOverdue(word, now) && !Lease.IsExpired(word) && _lease.TryExpire(word))
                expired++;
        }

        await Task.WhenAll(renewers);
        Assert.True(expired > 0);
        Assert.Equal(expired, revived + (Lease.IsExpired(_lease.Word) ? 1 : 0));
    }
}
