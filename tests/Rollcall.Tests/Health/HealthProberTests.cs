using System.Collections.Immutable;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class HealthProberTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly FakeProbe _probe = new();
    private readonly HealthOptions _options = new();
    private HealthMonitor? _monitor;

    [Fact]
    public void Unreachable_ReturnsByAProbe_AndNoRequestTries()
    {
        var (health, endpoints) = Start();
        Report(health, endpoints[0], OutcomeKind.Unreachable);
        for (var i = 0; i < 100; i++)
        {
            Assert.False(health.Allows(endpoints[0]));
            Pass(0.1);
        }

        // After 1, 2 and 4 s, each within a step of the timer.
        Assert.Equal(["a", "a", "a"], _probe.Probed);
        _probe.Answer = ProbeResult.Well;
        Pass(9);

        Assert.True(health.Allows(endpoints[0]));
        Assert.Equal(4, _probe.Probed.Count);
    }

    [Fact]
    public void Unreachable_AnswersItsProbeBadly_IsEjectedForThat()
    {
        _options.Probe.Kind = ProbeKinds.Http;
        var (health, endpoints) = Start();
        Report(health, endpoints[0], OutcomeKind.Unreachable);
        _probe.Answer = new ProbeResult(AvoidReason.FailedProbe, "it answered 404");
        Pass(3);

        Assert.Equal((AvoidReason.FailedProbe, "it answered 404"), (endpoints[0].Load.Avoidance?.Reason, endpoints[0].Load.Avoidance?.Detail));
    }

    [Fact]
    public void WithoutEjection_AFailedProbeEjectsNobody()
    {
        (_options.Ejection, _options.Probe.Kind) = (false, ProbeKinds.Http);
        var (health, endpoints) = Start();
        Report(health, endpoints[0], OutcomeKind.Unreachable);
        _probe.Answer = new ProbeResult(AvoidReason.FailedProbe, "it answered 404");
        Pass(3);

        Assert.Null(endpoints[0].Load.Avoidance);
    }

    [Fact]
    public void Silent_IsNoMatterForTcp_ARequestTries()
    {
        var (health, endpoints) = Start();
        _probe.Answer = ProbeResult.Well;
        health.Silent(endpoints[0]);
        Report(health, endpoints[1], OutcomeKind.Error, 5);
        Pass(8);

        Assert.Empty(_probe.Probed);
        Assert.True(health.Allows(endpoints[0]));
        Assert.True(health.Allows(endpoints[1]));
    }

    [Fact]
    public void Http_EndsEveryAvoidance()
    {
        _options.Probe.Kind = "http";
        var (health, endpoints) = Start();
        _probe.Answer = ProbeResult.Well;
        health.Silent(endpoints[0]);
        Report(health, endpoints[1], OutcomeKind.Error, 5);

        Pass(8);

        Assert.Equal(["a", "b"], _probe.Probed);
        Assert.DoesNotContain(endpoints, ServiceHealth.IsAvoided);
    }

    [Fact]
    public void Http_Fails_TheEjectionGrows()
    {
        _options.Probe.Kind = "http";
        _probe.Answer = new ProbeResult(AvoidReason.FailedProbe, "503");
        var (health, endpoints) = Start();
        Report(health, endpoints[1], OutcomeKind.Error, 5);

        Pass(8);

        Assert.Equal(["b"], _probe.Probed);
        Assert.Equal((2, AvoidReason.Failures, "503"), (endpoints[1].Load.Avoidance!.Times, endpoints[1].Load.Avoidance!.Reason, endpoints[1].Load.Avoidance!.Detail));
    }

    [Fact]
    public void HealthyThreshold_SeveralMustPass()
    {
        _options.Probe.HealthyThreshold = 3;
        _probe.Answer = ProbeResult.Well;
        var (health, endpoints) = Start();
        Report(health, endpoints[0], OutcomeKind.Unreachable);

        Until(() => _probe.Probed.Count == 2);
        Assert.True(ServiceHealth.IsAvoided(endpoints[0]));
        Until(() => _probe.Probed.Count == 3);

        Assert.False(ServiceHealth.IsAvoided(endpoints[0]));
    }

    [Fact]
    public void ProbesNeverEnd_ARequestTriesAfterAWhile_AndNoMoreThanSoManyAreUnderWay()
    {
        _probe.Hangs = true;
        var (health, endpoints) = Start(count: 50);
        foreach (var endpoint in endpoints)
            Report(health, endpoint, OutcomeKind.Unreachable);

        Pass(4);
        Assert.Equal(HealthProber.MaxConcurrent, _probe.Probed.Count);
        Assert.False(health.Allows(endpoints[49]));
        Pass(4);

        Assert.True(health.Allows(endpoints[49]));
        Assert.Equal(HealthProber.MaxConcurrent, _probe.Probed.Count);
    }

    [Fact]
    public void NothingIsAvoided_TheTimerRests()
    {
        var (health, endpoints) = Start();
        var pending = _time.PendingTimers;
        Report(health, endpoints[0], OutcomeKind.Unreachable);
        Assert.Equal(pending + 1, _time.PendingTimers);

        health.Answered(endpoints[0]);
        Pass(3);

        Assert.Equal(pending, _time.PendingTimers);
        Assert.Empty(_probe.Probed);
    }

    [Fact]
    public void KindNone_NobodyIsProbed()
    {
        _options.Probes["orders"] = new ProbeOptions { Kind = "none" };
        var (health, endpoints) = Start();
        Report(health, endpoints[0], OutcomeKind.Unreachable);

        Pass(2);

        Assert.Empty(_probe.Probed);
        Assert.True(health.Allows(endpoints[0]));
    }

    [Fact]
    public void Idle_IsProbedOnceAnInterval_AndABusyOneIsNot()
    {
        _probe.Answer = ProbeResult.Well;
        _options.Probe.IdleInterval = TimeSpan.FromSeconds(10);
        _options.Probe.Kind = "http";
        var (health, endpoints) = Start();
        health.Follow(static () => { });
        for (var second = 0; second < 35; second++)
        {
            Pass(1);
            Report(health, endpoints[0], OutcomeKind.Success);
            if (second == 14)
                _probe.Answer = new ProbeResult(AvoidReason.FailedProbe, "GET /health was answered with 503");
            else if (second == 25)
                break;
        }

        Assert.DoesNotContain("a", _probe.Probed);
        Assert.Equal("b b", string.Join(' ', _probe.Probed.Where(static id => id == "b")));
        Assert.Equal(AvoidReason.FailedProbe, endpoints[1].Load.Avoidance?.Reason);
    }

    [Fact]
    public void Idle_WhoIsNotReady_IsNotProbed()
    {
        _options.Probe.IdleInterval = TimeSpan.FromSeconds(5);
        _probe.Answer = ProbeResult.Well;
        var (health, _) = Start(2);
        health.Follow(static () => { });
        health.Read(Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b", EndpointState.NotReady)));
        for (var i = 0; i < 20; i++)
            Pass(1);

        Assert.Contains("a", _probe.Probed);
        Assert.DoesNotContain("b", _probe.Probed);
    }

    public void Dispose() => _monitor?.Dispose();

    private (ServiceHealth Health, ImmutableArray<BalancedEndpoint> Endpoints) Start(int count = 4)
    {
        _monitor = TestHealth.Monitor(_time, _options, probe: _probe);
        var health = _monitor.Of(Make.Target);
        return (health, health.Read(Make.Set(1, [.. Enumerable.Range(0, count).Select(static i => Make.Endpoint(((char)('a' + i)).ToString()))])));
    }

    private static void Report(ServiceHealth health, BalancedEndpoint endpoint, OutcomeKind kind, int times = 1)
    {
        for (var i = 0; i < times; i++)
            health.Report(endpoint, new RequestOutcome(kind, TimeSpan.FromMilliseconds(5)));
    }

    private void Until(Func<bool> condition)
    {
        for (var i = 0; i < 100 && !condition(); i++)
            Pass(0.1);
        Assert.True(condition());
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private sealed class FakeProbe : IEndpointProbe
    {
        private readonly List<string> _probed = [];

        public ProbeResult Answer { get; set; } = new(AvoidReason.Unreachable, "refused");

        public bool Hangs { get; set; }

        public IReadOnlyList<string> Probed => _probed;

        public async Task<ProbeResult> ProbeAsync(Endpoint endpoint, ProbeOptions options, CancellationToken cancellationToken)
        {
            _probed.Add(endpoint.Id);
            if (Hangs)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return Answer;
        }
    }
}
