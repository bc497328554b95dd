using System.Collections.Immutable;
using Rollcall.Registry.Checks;

namespace Rollcall.Registry.Tests.Checks;

public sealed class CheckScheduleTests
{
    private static readonly CheckDefinition Http = new() { Kind = CheckKind.Http, Target = "http://a/health" };
    private static readonly CheckDefinition Tcp = new() { Kind = CheckKind.Tcp, Target = "a:1" };
    private static readonly CheckResult Pass = new(Passed: true, "200");
    private static readonly CheckResult Fail = new(Passed: false, "503");
    private static readonly InstanceKey Key = new("orders", "o-1");

    private readonly CheckSchedule _schedule = new(new Random(1), crowd: 4);
    private long _now = TimeSpan.FromHours(1).Ticks;

    [Fact]
    public void The_first_check_is_due_at_once_the_next_after_the_interval_give_or_take_a_twentieth()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(_schedule.NextDue);
            _schedule.Complete(run, Pass, started: _now, _now + TimeSpan.TicksPerMillisecond);
            Assert.InRange(TimeSpan.FromTicks(_schedule.NextDue!.Value - _now).TotalSeconds, 4.75, 5.25);
            Assert.Null(_schedule.TakeDue(_schedule.NextDue.Value - 1));
            _now = _schedule.NextDue.Value;
            Assert.Same(run, _schedule.TakeDue(_now));
        }
    }

    [Fact]
    public void One_that_never_passed_is_made_again_soon_then_ever_later_up_to_the_interval()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        foreach (var pause in (int[])[100, 200, 400, 800, 1600, 3200, 5000, 5000])
        {
            var started = _now;
            _now += TimeSpan.FromMilliseconds(10).Ticks;
            _schedule.Complete(run, Fail, started, _now);
            Assert.InRange(TimeSpan.FromTicks(_schedule.NextDue!.Value - _now).TotalMilliseconds, (pause * 0.95) - 10, pause * 1.05);
            _now = _schedule.NextDue.Value;
            Assert.Same(run, _schedule.TakeDue(_now));
        }

        _schedule.Complete(run, Pass, _now, _now);
        _now = _schedule.NextDue!.Value;
        Assert.Same(run, _schedule.TakeDue(_now));
        _schedule.Complete(run, Fail, _now, _now);
        Assert.InRange(TimeSpan.FromTicks(_schedule.NextDue!.Value - _now).TotalSeconds, 4.75, 5.25);
    }

    [Fact]
    public void What_the_first_check_said_is_told_at_once_and_only_of_a_new_instance()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Fail);
        Assert.Equal("first check failed: http http://a/health: 503", Report().FailingCheck);
        Complete(run, Fail);
        Assert.Equal("http http://a/health: 503 (2 of 2 failed)", Report().FailingCheck);

        _schedule.Track(Key, [Http], "http http://a/health: 503 (2 of 2 failed)", _now);
        Complete(_schedule.TakeDue(_now)!, Fail);
        Assert.False(_schedule.HasChanges);
    }

    [Fact]
    public void A_check_that_took_longer_than_its_interval_is_due_at_once()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        _schedule.Complete(run, Pass, started: _now, _now + TimeSpan.FromSeconds(9).Ticks);
        Assert.Equal(_now + TimeSpan.FromSeconds(9).Ticks, _schedule.NextDue);
    }

    [Fact]
    public void A_crowd_of_first_checks_is_spread_over_a_second()
    {
        for (var i = 0; i < 1000; i++)
            _schedule.Track(new InstanceKey("orders", $"o-{i}"), [Http], HealthChecker.NotCheckedYet, _now);
        Assert.InRange(CountDue(_now), 4, 5);
        Assert.InRange(CountDue(_now + (TimeSpan.TicksPerSecond / 2)), 400, 600);
        CountDue(_now + TimeSpan.TicksPerSecond);

        // The crowd is through: the next one is made at once.
        Track(Http);
        Assert.NotNull(_schedule.TakeDue(_now));
    }

    [Fact]
    public void The_verdict_is_that_all_checks_pass()
    {
        Track(Http, Tcp);
        var (http, tcp) = (_schedule.TakeDue(_now)!, _schedule.TakeDue(_now)!);
        Complete(http, Pass);
        Assert.Empty(_schedule.TakeChanges(10));
        Complete(tcp, Pass);
        Assert.Equal(new CheckVerdict(Key, 1, FailingCheck: null), Report());

        Complete(tcp, Fail, Fail);
        Assert.Equal("tcp a:1: 503 (2 of 2 failed)", Report().FailingCheck);
        Complete(http, Fail, Fail);
        Assert.Equal("http http://a/health: 503 (2 of 2 failed)", Report().FailingCheck);
        Complete(tcp, Pass);
        Assert.Empty(_schedule.TakeChanges(10));
        Complete(http, Pass);
        Assert.Null(Report().FailingCheck);
    }

    [Fact]
    public void One_that_goes_on_failing_in_other_words_is_not_reported_again()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Fail, Fail);
        Report();
        Complete(run, new CheckResult(Passed: false, "connection refused"));
        Assert.False(_schedule.HasChanges);
    }

    [Fact]
    public void What_is_on_record_is_not_reported()
    {
        _schedule.Track(Key, [Http], failingCheck: null, _now);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Pass, Fail, Pass);
        Assert.False(_schedule.HasChanges);

        _schedule.Track(Key, [Http], "http http://a/health: 503 (2 of 2 failed)", _now);
        run = _schedule.TakeDue(_now)!;
        Complete(run, Fail, Fail);
        Assert.False(_schedule.HasChanges);
        Complete(run, Pass);
        Assert.Null(Report().FailingCheck);
    }

    [Fact]
    public void What_could_not_be_written_is_reported_again_as_it_is_by_then()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Pass);
        var refused = _schedule.TakeChanges(10);
        _schedule.Settle(refused, written: false);
        Assert.Equal(refused, _schedule.TakeChanges(10));

        Complete(run, Fail, Fail);
        _schedule.Settle(refused, written: false);
        Assert.Equal("http http://a/health: 503 (2 of 2 failed)", Report().FailingCheck);
        Assert.False(_schedule.HasChanges);
    }

    [Fact]
    public void What_changed_while_it_was_written_is_reported_after_it()
    {
        Track(Http);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Pass);
        var first = _schedule.TakeChanges(10);
        Complete(run, Fail, Fail);
        _schedule.Settle(first, written: true);
        Assert.NotNull(Report().FailingCheck);

        Complete(run, Pass);
        var second = _schedule.TakeChanges(10);
        Complete(run, Fail, Fail, Pass);
        _schedule.Settle(second, written: true);
        Assert.Empty(_schedule.TakeChanges(10));
    }

    [Fact]
    public void A_forgotten_instance_is_neither_checked_nor_reported()
    {
        Track(Http, Tcp);
        var run = _schedule.TakeDue(_now)!;
        Complete(run, Fail, Fail);
        var verdict = _schedule.TakeChanges(10)[0];
        Assert.True(_schedule.IsCurrent(verdict));

        Assert.NotNull(_schedule.Forget(Key));
        Assert.Null(_schedule.Forget(Key));
        Assert.False(_schedule.IsCurrent(verdict));
        _schedule.Settle([verdict], written: false);
        Complete(run, Pass);
        Assert.False(_schedule.HasChanges);
        Assert.Null(_schedule.TakeDue(long.MaxValue));
        Assert.Equal(0, _schedule.Count);
    }

    [Fact]
    public void A_replaced_instance_starts_anew()
    {
        Track(Http);
        var old = _schedule.TakeDue(_now)!;
        Complete(old, Pass);
        var verdict = Report();

        Track(Tcp);
        Assert.False(_schedule.IsCurrent(verdict));
        _schedule.Complete(old, Fail, _now, _now);
        _schedule.Complete(old, Fail, _now, _now);
        Assert.False(_schedule.HasChanges);
        var run = _schedule.TakeDue(_now)!;
        Assert.Equal(CheckKind.Tcp, run.Check.Kind);
        Assert.Null(_schedule.TakeDue(long.MaxValue));
    }

    [Fact]
    public void No_check_is_ever_under_way_twice_and_none_is_lost()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var schedule = new CheckSchedule(random, crowd: 3);
            var underWay = new HashSet<CheckRun>();
            var checks = new Dictionary<InstanceKey, int>();
            long now = 0;
            for (var step = 0; step < 2000; step++)
            {
                now += random.NextInt64(TimeSpan.TicksPerSecond / 4);
                var key = new InstanceKey("orders", $"o-{random.Next(20)}");
                switch (random.Next(10))
                {
                    case 0:
                        schedule.Track(key, [.. Enumerable.Repeat(Http, random.Next(1, 4))], failingCheck: null, now);
                        checks[key] = 0;
                        break;
                    case 1:
                        schedule.Forget(key);
                        checks.Remove(key);
                        break;
                    case < 6:
                        if (schedule.TakeDue(now) is { } run)
                            Assert.True(underWay.Add(run), $"seed {seed}: a check was begun while it was under way");
                        break;
                    case < 9 when underWay.Count > 0:
                        var done = underWay.First();
                        underWay.Remove(done);
                        schedule.Complete(done, random.Next(2) == 0 ? Pass : Fail, now, now);
                        break;
                    default:
                        schedule.Settle(schedule.TakeChanges(5), written: random.Next(2) == 0);
                        break;
                }
            }

            Assert.Equal(checks.Count, schedule.Count);
            foreach (var run in underWay)
                schedule.Complete(run, Pass, now, now);
            var due = new HashSet<CheckRun>();
            while (schedule.TakeDue(now + TimeSpan.FromMinutes(1).Ticks) is { } run)
                Assert.True(due.Add(run));
            Assert.Equal(checks.Keys.ToHashSet(), due.Select(static run => run.Instance.Key).ToHashSet());
            Assert.All(due.GroupBy(static run => run.Instance), static group => Assert.Equal(group.Key.Runs.Length, group.Count()));
        }
    }

    private void Track(params ImmutableArray<CheckDefinition> checks) => _schedule.Track(Key, checks, HealthChecker.NotCheckedYet, _now);

    private int CountDue(long now)
    {
        var due = 0;
        while (_schedule.TakeDue(now) is not null)
            due++;
        return due;
    }

    // Several results in a row, without waiting for when each would be due.
    private void Complete(CheckRun run, params ReadOnlySpan<CheckResult> results)
    {
        foreach (var result in results)
        {
            _schedule.Complete(run, result, _now, _now);
            while (_schedule.TakeDue(_now + TimeSpan.FromSeconds(6).Ticks) is { } other && other != run)
                _ = other;
        }
    }

    private CheckVerdict Report()
    {
        var verdicts = _schedule.TakeChanges(10);
        _schedule.Settle(verdicts, written: true);
        return Assert.Single(verdicts);
    }
}
