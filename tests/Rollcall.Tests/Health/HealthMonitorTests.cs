using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class HealthMonitorTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void Of_IsTheSameForAll_ForAsLongAsSomebodyFollowsAndAMinuteMore()
    {
        using var monitor = TestHealth.Monitor(_time);
        var health = monitor.Of(Make.Target);
        health.Follow(Nothing);
        Pass(TimeSpan.FromHours(1));
        Assert.Same(health, monitor.Of(Make.Target));

        health.Unfollow(Nothing);
        Pass(TimeSpan.FromSeconds(40));
        Assert.Same(health, monitor.Of(Make.Target));
        Pass(TimeSpan.FromSeconds(90));

        Assert.Equal(0, monitor.Count);
        Assert.NotSame(health, monitor.Of(Make.Target));

        static void Nothing()
        {
        }
    }

    [Fact]
    public void NobodyIsFollowed_TheTimerStops()
    {
        using var monitor = TestHealth.Monitor(_time);
        Assert.Equal(0, _time.PendingTimers);
        monitor.Of(Make.Target);
        Assert.Equal(1, _time.PendingTimers);

        Pass(TimeSpan.FromMinutes(3));
        Assert.Equal(0, _time.PendingTimers);

        monitor.Of(Make.Target);
        Assert.Equal(1, _time.PendingTimers);
        monitor.Dispose();
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public void Interval_ComparesAndTheGaugesShowIt()
    {
        using var meters = new MeterRecorder();
        using var monitor = TestHealth.Monitor(_time, metrics: new HealthMetrics(meters));
        var health = monitor.Of(Make.Target);
        var endpoints = health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")));
        for (var i = 0; i < 100; i++)
        {
            for (var k = 0; k < 3; k++)
                health.Report(endpoints[k], new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMilliseconds(k == 1 ? 900 : 3)));
        }

        Pass(TimeSpan.FromSeconds(11));
        meters.Collect();

        Assert.Equal(1, meters.Sum("rollcall.health.avoided", "rollcall.reason=latency"));
        Assert.Equal(0, meters.Sum("rollcall.health.avoided", "rollcall.reason=failures"));
        Assert.Equal(0, meters.Sum("rollcall.health.panicking", ""));
        Assert.Equal("{endpoint}", meters.Unit("rollcall.health.avoided"));
        Assert.Equal("{ejection}", meters.Unit("rollcall.health.ejections"));
    }

    [Fact]
    public void Findings_TellTheFiguresOfBeforeItWasAvoided_HoweverLongItIs()
    {
        using var monitor = TestHealth.Monitor(_time, new HealthOptions { EjectionTime = TimeSpan.FromMinutes(5) });
        var health = monitor.Of(Make.Target);
        health.Follow(static () => { });
        var endpoints = health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")));
        Report(health, endpoints[0], OutcomeKind.Success, 10);
        Pass(TimeSpan.FromSeconds(12));
        Report(health, endpoints[0], OutcomeKind.Success, 15);
        Report(health, endpoints[0], OutcomeKind.Error, 5);

        var finding = Assert.Single(monitor.FindingsOf(Make.Target));
        Assert.Equal(("a", "failures", 0.75), (finding.Instance, finding.Reason, finding.SuccessRate));
        Assert.InRange(finding.Latency!.Value, 0.003, 0.007);

        Report(health, endpoints[0], OutcomeKind.Error, 3);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(finding, Assert.Single(monitor.FindingsOf(Make.Target)));
    }

    private static void Report(ServiceHealth health, BalancedEndpoint endpoint, OutcomeKind kind, int times)
    {
        for (var i = 0; i < times; i++)
            health.Report(endpoint, new RequestOutcome(kind, TimeSpan.FromMilliseconds(5)));
    }

    private void Pass(TimeSpan time) => _time.Advance(time);
}
