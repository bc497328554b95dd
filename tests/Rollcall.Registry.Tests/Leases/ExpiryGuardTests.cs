using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

public sealed class ExpiryGuardTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);
    private readonly ExpiryGuard _guard = new(share: 1.0 / 3, minLeases: 5, window: TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(1, 9, false)]
    [InlineData(3, 6, false)] // a third is not more than a third
    [InlineData(4, 6, true)]
    [InlineData(10, 0, true)]
    [InlineData(1, 3, false)] // fewer than five: never
    [InlineData(4, 0, false)]
    [InlineData(1, 4, false)]
    [InlineData(2, 3, true)]
    [InlineData(333, 667, false)]
    [InlineData(334, 666, true)]
    public void Overdue_leases_are_measured_against_all(int overdue, int fresh, bool active)
    {
        var transition = Census((overdue, Lapsed(secondsAgo: 0)), (fresh, Renewed(secondsAgo: 1)));
        Assert.Equal(active, _guard.Active);
        Assert.Equal(active ? GuardTransition.Began : GuardTransition.None, transition);
        Assert.Equal(overdue, _guard.OverdueLeases);
    }

    [Fact]
    public void The_first_lapse_of_a_partition_is_judged_with_those_about_to_follow()
    {
        Census((1, Lapsed(secondsAgo: 0)), (4, Renewed(secondsAgo: 7)), (5, Renewed(secondsAgo: 1)));
        Assert.True(_guard.Active);
        Assert.Equal((5, 10), _guard.Group);
    }

    [Fact]
    public void Leases_between_two_renewals_are_not_missing()
    {
        // 1.5 intervals of a third of 10 s are 5 s.
        Census((1, Lapsed(secondsAgo: 0)), (9, Renewed(secondsAgo: 4.9)));
        Assert.False(_guard.Active);
    }

    [Fact]
    public void Who_renews_seldom_is_not_taken_for_missing()
    {
        Census((1, Lapsed(secondsAgo: 0)), (9, Renewed(secondsAgo: 8, interval: 8)));
        Assert.False(_guard.Active);
    }

    [Fact]
    public void Many_silent_leases_alone_do_not_begin_it()
    {
        Census((9, Renewed(secondsAgo: 9)), (1, Renewed(secondsAgo: 1)));
        Assert.False(_guard.Active);
    }

    [Theory]
    [InlineData(9.9, true)]
    [InlineData(10.1, false)]
    public void Lapses_count_together_inside_one_window(double secondsAgo, bool active)
    {
        Census((3, Expired(secondsAgo)), (1, Lapsed(secondsAgo: 0)), (6, Renewed(secondsAgo: 1)));
        Assert.Equal(active, _guard.Active);
    }

    [Fact]
    public void Those_expired_before_the_window_are_no_longer_leases()
    {
        // 2 of 5 and not 2 of 25.
        Census((20, Expired(secondsAgo: 40)), (2, Lapsed(secondsAgo: 0)), (3, Renewed(secondsAgo: 1)));
        Assert.True(_guard.Active);
        Assert.Equal((2, 5), _guard.Group);
    }

    [Fact]
    public void Long_ttls_fall_silent_at_once_though_their_deadlines_are_far_apart()
    {
        // ttl 3 min, renewed every minute: one lapse, the others up to a minute later.
        Census(
            (1, new Sample(Deadline: 0, Ttl: 180, Interval: 60, Expired: false)),
            (2, new Sample(Deadline: 25, Ttl: 180, Interval: 60, Expired: false)),
            (2, new Sample(Deadline: 50, Ttl: 180, Interval: 60, Expired: false)),
            (5, new Sample(Deadline: 170, Ttl: 180, Interval: 60, Expired: false)));
        Assert.True(_guard.Active);
        Assert.Equal((5, 10), _guard.Group);
    }

    [Fact]
    public void Different_ttls_are_compared_by_when_they_were_last_renewed()
    {
        Census(
            (3, new Sample(Deadline: -45, Ttl: 10, Interval: 3, Expired: true)),
            (3, new Sample(Deadline: 0, Ttl: 60, Interval: 20, Expired: false)),
            (4, Renewed(secondsAgo: 1)));
        Assert.True(_guard.Active);
        Assert.Equal((6, 10), _guard.Group);
    }

    [Fact]
    public void It_ends_when_renewals_return()
    {
        Census((6, Lapsed(secondsAgo: 0)), (4, Renewed(secondsAgo: 1)));
        Assert.Equal(GuardTransition.None, Census((4, Lapsed(secondsAgo: 1)), (6, Renewed(secondsAgo: 1))));
        Assert.True(_guard.Active);
        Assert.Equal(GuardTransition.Ended, Census((3, Lapsed(secondsAgo: 2)), (7, Renewed(secondsAgo: 1))));
        Assert.False(_guard.Active);
    }

    [Fact]
    public void It_does_not_end_while_the_missing_are_merely_not_due_yet()
    {
        Census((1, Lapsed(secondsAgo: 0)), (5, Renewed(secondsAgo: 9)), (4, Renewed(secondsAgo: 1)));
        Assert.Equal(GuardTransition.None, Census((5, Renewed(secondsAgo: 9.5)), (5, Renewed(secondsAgo: 1))));
        Assert.True(_guard.Active);
    }

    [Fact]
    public void It_stays_while_nothing_changes_and_ends_when_the_missing_are_deregistered_or_outnumbered()
    {
        Census((5, Lapsed(secondsAgo: 0)), (5, Renewed(secondsAgo: 1)));
        Assert.Equal(GuardTransition.None, Census((5, Lapsed(secondsAgo: 3600)), (5, Renewed(secondsAgo: 1))));
        Assert.Equal(GuardTransition.Ended, Census((2, Lapsed(secondsAgo: 3600)), (5, Renewed(secondsAgo: 1))));

        Census((5, Lapsed(secondsAgo: 0)), (5, Renewed(secondsAgo: 1)));
        Assert.Equal(GuardTransition.Ended, Census((5, Lapsed(secondsAgo: 3600)), (10, Renewed(secondsAgo: 1))));
    }

    [Fact]
    public void It_explains_itself_to_an_operator()
    {
        Census((14, Lapsed(secondsAgo: 0)), (26, Renewed(secondsAgo: 1)));
        Assert.Equal(
            "14 of 40 leases (35 %) stopped being renewed within 10s of each other. More than 33 % at once points to the network or to this node, " +
            "not to the services: nothing is expired or removed until renewals return. Check that the instances reach this node; deregister those that are really gone.",
            _guard.Explain());
    }

    private static Sample Lapsed(double secondsAgo) => new(-secondsAgo, Ttl.TotalSeconds, Ttl.TotalSeconds / 3, Expired: false);

    private static Sample Expired(double secondsAgo) => new(-secondsAgo, Ttl.TotalSeconds, Ttl.TotalSeconds / 3, Expired: true);

    private static Sample Renewed(double secondsAgo, double? interval = null) =>
        new(Ttl.TotalSeconds - secondsAgo, Ttl.TotalSeconds, interval ?? Ttl.TotalSeconds / 3, Expired: false);

    // The census is taken at an hour, so that the past is not negative.
    private GuardTransition Census(params (int Count, Sample Sample)[] leases)
    {
        _guard.BeginCensus(TimeSpan.FromHours(1).Ticks);
        foreach (var (count, sample) in leases)
        {
            for (var i = 0; i < count; i++)
                _guard.Count(Ticks(3600 + sample.Deadline), Ticks(sample.Ttl), Ticks(sample.Interval), sample.Expired);
        }

        return _guard.EndCensus();
    }

    private static long Ticks(double seconds) => TimeSpan.FromSeconds(seconds).Ticks;

    /// <summary>A lease in seconds from now.</summary>
    private readonly record struct Sample(double Deadline, double Ttl, double Interval, bool Expired);
}
