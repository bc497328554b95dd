using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Checks;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Checks;

public sealed class HealthCheckerTests : IAsyncDisposable
{
    private static readonly CheckDefinition Health = new() { Kind = CheckKind.Http, Target = "http://a/health" };
    private static readonly InstanceKey Orders = new("orders", "o-1");

    private readonly VirtualTime _time = new();
    private readonly Measurements _meters = new();
    private readonly FakeProbe _probe = new();
    private readonly FakeSink _sink = new();
    private readonly HealthChecker _checker;

    public HealthCheckerTests()
    {
        var probes = new Dictionary<CheckKind, ICheckProbe> { [CheckKind.Http] = _probe };
        _checker = new HealthChecker(workers: 4, probes, _time, new Random(1), NullLoggerFactory.Instance, _meters);
        _sink.Checker = _checker;
        _checker.Start(_sink);
    }

    public async ValueTask DisposeAsync()
    {
        await Eventually.Within(_checker.DisposeAsync().AsTask());
        _meters.Dispose();
    }

    [Fact]
    public async Task A_passing_check_makes_the_instance_pass_and_failures_say_why()
    {
        _checker.Track(Orders, [Health], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Saw("orders/o-1: passes"));

        _probe.Answer = static (_, _) => new(new CheckResult(Passed: false, "503"));
        await Until(() => _sink.Saw("orders/o-1: http http://a/health: 503 (2 of 2 failed)"));

        _probe.Answer = FakeProbe.Pass;
        await Until(() => _sink.Log.Count == 3);
        Assert.Equal("orders/o-1: passes", _sink.Log[2]);
    }

    [Fact]
    public async Task Checks_are_made_at_their_interval()
    {
        _checker.Track(Orders, [Health], failingCheck: null);
        var end = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
        await Until(() => _time.GetUtcNow() >= end);
        Assert.InRange(_probe.Calls, 11, 14);
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task No_more_checks_are_under_way_than_allowed_and_never_two_of_the_same()
    {
        _probe.Answer = FakeProbe.Never;
        for (var i = 0; i < 10; i++)
            _checker.Track(new InstanceKey("orders", $"o-{i}"), [Health with { Target = $"http://{i}/health", Timeout = TimeSpan.FromMinutes(1) }], failingCheck: null);
        await Until(() => _probe.UnderWay.Count == 4);
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(30);
        await Until(() => _time.GetUtcNow() >= end);
        Assert.Equal(4, _probe.Calls);
        Assert.Equal(4, _probe.UnderWay.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(4, _meters.Of("rollcall.checks.running").Sum(static measurement => measurement.Value));
    }

    [Fact]
    public async Task A_probe_that_does_not_answer_in_time_has_failed()
    {
        _probe.Answer = FakeProbe.Never;
        _checker.Track(Orders, [Health], failingCheck: null);
        await Until(() => _sink.Saw("orders/o-1: http http://a/health: no answer within 1s (2 of 2 failed)"));
    }

    [Fact]
    public async Task A_probe_that_throws_has_failed_and_the_others_go_on()
    {
        _probe.Answer = static (check, _) => check.Target.Contains('b', StringComparison.Ordinal) ? throw new FormatException("odd") : new(new CheckResult(Passed: true, "200"));
        _checker.Track(new InstanceKey("orders", "o-2"), [Health with { Target = "http://b/health" }], HealthChecker.NotCheckedYet);
        _checker.Track(Orders, [Health], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Saw("orders/o-1: passes"));
        await Until(() => _sink.Saw("orders/o-2: http http://b/health: the check could not be made: odd (2 of 2 failed)"));
    }

    [Fact]
    public async Task A_check_of_a_kind_without_a_probe_fails_and_says_so()
    {
        _checker.Track(Orders, [new CheckDefinition { Kind = CheckKind.Tcp, Target = "a:1" }], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Saw("orders/o-1: tcp a:1: this node cannot make checks of that kind (2 of 2 failed)"));
    }

    [Fact]
    public async Task A_forgotten_instance_is_let_go_at_once()
    {
        _probe.Answer = FakeProbe.Never;
        _checker.Track(Orders, [Health with { Timeout = TimeSpan.FromMinutes(1) }], failingCheck: null);
        await Until(() => _probe.UnderWay.Count == 1);
        _checker.Forget(Orders);
        _time.Advance(TimeSpan.Zero);
        await Eventually.True(() => _probe.UnderWay.IsEmpty);

        var end = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
        await Until(() => _time.GetUtcNow() >= end);
        Assert.Equal(1, _probe.Calls);
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task A_verdict_of_before_a_registration_is_not_written_after_it()
    {
        _checker.Track(Orders, [Health], HealthChecker.NotCheckedYet);
        _sink.WhileWriting = () => _checker.Track(Orders, [], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Calls == 1);
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task What_could_not_be_written_is_offered_again()
    {
        _sink.Refusals = 2;
        _sink.Failures = 1;
        _checker.Track(Orders, [Health], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Saw("orders/o-1: passes"));
        Assert.Equal(4, _sink.Calls);
        Assert.Single(_sink.Log);
    }

    [Fact]
    public async Task Stopping_ends_checks_that_are_under_way()
    {
        _probe.Answer = FakeProbe.Never;
        _checker.Track(Orders, [Health with { Timeout = TimeSpan.FromMinutes(1) }], failingCheck: null);
        await Until(() => _probe.UnderWay.Count == 1);
        await Eventually.Within(_checker.DisposeAsync().AsTask());
        Assert.Empty(_probe.UnderWay);
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task It_measures_itself()
    {
        _checker.Track(Orders, [Health], HealthChecker.NotCheckedYet);
        await Until(() => _sink.Saw("orders/o-1: passes"));
        _probe.Answer = static (_, _) => new(new CheckResult(Passed: false, "503"));
        await Until(() => _meters.Of("rollcall.checks.duration").Count >= 2);

        Assert.Equal(("{check}", "kind=http,result=passed"), (_meters.Of("rollcall.checks.results")[0].Unit, _meters.Of("rollcall.checks.results")[0].Tags));
        Assert.Equal("kind=http,result=failed", _meters.Of("rollcall.checks.results")[1].Tags);
        Assert.Equal("s", _meters.Of("rollcall.checks.duration")[0].Unit);
        await Until(() => _meters.Of("rollcall.checks.running").Sum(static measurement => measurement.Value) == 0);
    }

    private Task Until(Func<bool> condition) => _time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(3));

    private sealed class FakeProbe : ICheckProbe
    {
        private int _calls;

        public Func<CheckDefinition, CancellationToken, ValueTask<CheckResult>> Answer { get; set; } = Pass;

        public int Calls => Volatile.Read(ref _calls);

        public ConcurrentBag<string> UnderWay { get; private set; } = [];

        public static ValueTask<CheckResult> Pass(CheckDefinition check, CancellationToken cancellationToken) => new(new CheckResult(Passed: true, "200"));

        public static async ValueTask<CheckResult> Never(CheckDefinition check, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return default;
        }

        public async ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            UnderWay.Add(check.Target);
            try
            {
                return await Answer(check, cancellationToken);
            }
            finally
            {
                UnderWay = [.. UnderWay.Where(target => target != check.Target)];
            }
        }
    }

    private sealed class FakeSink : ICheckSink
    {
        private readonly ConcurrentQueue<string> _log = new();
        private int _calls;

        public HealthChecker? Checker { get; set; }

        public IReadOnlyList<string> Log => [.. _log];

        public int Calls => Volatile.Read(ref _calls);

        public int Refusals { get; set; }

        public int Failures { get; set; }

        public Action? WhileWriting { get; set; }

        public bool Saw(string line) => _log.Contains(line, StringComparer.Ordinal);

        public async ValueTask<bool> ReportAsync(IReadOnlyList<CheckVerdict> verdicts, CancellationToken cancellationToken)
        {
            await Task.Yield();
            WhileWriting?.Invoke();
            Interlocked.Increment(ref _calls);
            if (Refusals > 0)
            {
                Refusals--;
                return false;
            }

            if (Failures > 0)
            {
                Failures--;
                throw new IOException("the disk is gone");
            }

            foreach (var verdict in verdicts.Where(verdict => Checker!.IsCurrent(verdict)))
                _log.Enqueue($"{verdict.Key}: {verdict.FailingCheck ?? "passes"}");
            return true;
        }
    }
}
