using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class EjectionTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly LogRecorder _log = new();
    private readonly MeterRecorder _meters = new();
    private readonly ServiceHealth _health;
    private readonly ImmutableArray<BalancedEndpoint> _endpoints;
    private int _told;

    public EjectionTests()
    {
        _health = TestHealth.Of(_time, metrics: new HealthMetrics(_meters), logger: _log);
        _endpoints = _health.Read(Set(1));
        _health.Follow(() => _told++);
    }

    [Theory]
    [InlineData(OutcomeKind.Error, 5)]
    [InlineData(OutcomeKind.Reset, 5)]
    [InlineData(OutcomeKind.TimedOut, 5)]
    [InlineData(OutcomeKind.GatewayError, 3)]
    public void Report_ARowOfFailures_Ejects(OutcomeKind kind, int row)
    {
        Report(0, kind, row - 1);
        Assert.True(_health.Allows(_endpoints[0]));

        Report(0, kind);

        Assert.False(_health.Allows(_endpoints[0]));
        Assert.Equal(1, _told);
    }

    [Fact]
    public void Report_ASuccessInBetween_BeginsTheRowAnew()
    {
        for (var i = 0; i < 10; i++)
        {
            Report(0, OutcomeKind.Error, 4);
            Report(0, OutcomeKind.Success);
        }

        Assert.True(_health.Allows(_endpoints[0]));
    }

    [Theory]
    [InlineData(OutcomeKind.Cancelled)]
    [InlineData(OutcomeKind.Throttled)]
    public void Report_NotTheEndpointsFailure_ChangesNothing(OutcomeKind kind)
    {
        Report(0, OutcomeKind.Error, 4);
        Report(0, kind, 1_000);
        Assert.True(_health.Allows(_endpoints[0]));
        Assert.Equal(4, _endpoints[0].Load.Traffic.Look().Failures);

        // Nor does it begin the row anew.
        Report(0, OutcomeKind.Error);
        Assert.False(_health.Allows(_endpoints[0]));
    }

    [Fact]
    public void Report_TheTryOfAnEjectedOneWasCancelled_TheNextIsLetThrough()
    {
        Report(0, OutcomeKind.Error, 5);
        Pass(6.3);
        Assert.True(_health.Allows(_endpoints[0]));
        Report(0, OutcomeKind.Cancelled);
        Assert.False(_health.Allows(_endpoints[0]));

        Pass(5.1);

        Assert.True(_health.Allows(_endpoints[0]));
    }

    [Fact]
    public void Report_TheTrySucceeds_ReturnsAndSaysSo()
    {
        Report(0, OutcomeKind.Error, 5);
        Pass(6.3);
        Assert.True(_health.Allows(_endpoints[0]));
        Assert.False(_health.Allows(_endpoints[0]));

        Report(0, OutcomeKind.Success);

        Assert.True(_health.Allows(_endpoints[0]) && _health.Allows(_endpoints[0]));
        Assert.Equal(2, _told);
        Assert.Contains("a of static:///orders is ejected for", Assert.Single(_log.Of(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.Contains("5 failures in a row, the last one: an error", Assert.Single(_log.Of(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.Contains("a of static:///orders is used again after", Assert.Single(_log.Of(LogLevel.Information)), StringComparison.Ordinal);
        Assert.Equal(1, _meters.Sum("rollcall.health.ejections", "rollcall.reason=failures"));
    }

    [Fact]
    public void Report_TheTryFails_IsEjectedForLonger()
    {
        Report(0, OutcomeKind.Error, 5);
        Pass(6.3);
        Assert.True(_health.Allows(_endpoints[0]));

        Report(0, OutcomeKind.Error);

        Pass(9.9);
        Assert.False(_health.Allows(_endpoints[0]));
        Pass(2.7);
        Assert.True(_health.Allows(_endpoints[0]));
        Assert.Equal(1, _told);
    }

    [Fact]
    public void Report_ASuccessThatWasUnderWayBefore_DoesNotEndTheEjection()
    {
        Report(0, OutcomeKind.Error, 5);

        Report(0, OutcomeKind.Success);
        _health.Answered(_endpoints[0]);

        Assert.False(_health.Allows(_endpoints[0]));
    }

    [Fact]
    public void Answered_OfAnAvoidedOneThatIsNotEjected_EndsItAndTellsOnce()
    {
        Report(0, OutcomeKind.Unreachable, 100);
        Assert.Equal(1, _told);

        _health.Answered(_endpoints[0]);
        _health.Answered(_endpoints[0]);

        Assert.True(_health.Allows(_endpoints[0]));
        Assert.Equal(2, _told);
    }

    [Fact]
    public void Panic_UsesTheEjectedAndNotTheUnreachable_AndSaysSo()
    {
        Report(0, OutcomeKind.Error, 5);
        for (var i = 1; i < 4; i++)
            Report(i, OutcomeKind.Unreachable);

        Assert.True(_health.IsPanicking);
        Assert.True(_health.Allows(_endpoints[0]) && _health.Allows(_endpoints[0]));
        Assert.False(_health.Allows(_endpoints[1]));
        Assert.Contains(_log.Of(LogLevel.Warning), static line => line.StartsWith("Only 1 of the 5 ready endpoints", StringComparison.Ordinal));
        Assert.Equal(1, _meters.Sum("rollcall.health.panics", ""));

        _health.Answered(_endpoints[1]);

        Assert.False(_health.IsPanicking);
        Assert.False(_health.Allows(_endpoints[0]));
        Assert.Contains(_log.Of(LogLevel.Information), static line => line.StartsWith("2 of the 5 ready endpoints", StringComparison.Ordinal));
    }

    [Fact]
    public void Panic_TheTimeOfAnEjectedOneIsOver_ItReturnsWithTheFirstSuccess()
    {
        Report(0, OutcomeKind.Error, 5);
        for (var i = 1; i < 4; i++)
            Report(i, OutcomeKind.Unreachable);
        Pass(6.3);

        Assert.True(_health.Allows(_endpoints[0]));
        Report(0, OutcomeKind.Success);

        Assert.False(ServiceHealth.IsAvoided(_endpoints[0]));
    }

    [Fact]
    public void Compare_FewerSucceedThanOfTheOthers_IsEjected()
    {
        for (var i = 0; i < 5; i++)
        {
            Report(i, OutcomeKind.Success, 40);
            for (var k = 0; k < (i == 2 ? 20 : 1); k++)
            {
                Report(i, OutcomeKind.Error);
                Report(i, OutcomeKind.Success);
            }
        }

        _health.Compare();

        Assert.Equal([2], Avoided());
        Assert.Equal(AvoidReason.SuccessRate, _endpoints[2].Load.Avoidance!.Reason);
    }

    [Fact]
    public void Compare_Slower_IsEjectedUntilATryIsFastEnough()
    {
        for (var i = 0; i < 5; i++)
            Report(i, OutcomeKind.Success, 40, i == 2 ? 400 : 8);
        _health.Compare();
        Assert.Equal([2], Avoided());

        Pass(6.3);
        Assert.True(_health.Allows(_endpoints[2]));
        Report(2, OutcomeKind.Success, milliseconds: 380);
        Assert.Equal([2], Avoided());
        Assert.Contains("tried it took", _endpoints[2].Load.Avoidance!.Detail, StringComparison.Ordinal);

        Pass(12.6);
        Assert.True(_health.Allows(_endpoints[2]));
        Report(2, OutcomeKind.Success, milliseconds: 9);
        Assert.Empty(Avoided());
    }

    [Fact]
    public void Compare_OneIntervalSaysNothingAboutTheNext()
    {
        for (var i = 0; i < 5; i++)
            Report(i, i == 2 ? OutcomeKind.TimedOut : OutcomeKind.Success, i == 2 ? 4 : 40);
        _health.Compare();
        Report(2, OutcomeKind.Success, 16);
        _health.Compare();

        Assert.Empty(Avoided());
    }

    [Fact]
    public void Compare_AfterItCouldNotBeReached_JudgesOnlyWhatCameSince()
    {
        for (var i = 0; i < 5; i++)
            Report(i, OutcomeKind.Success, 100);
        for (var i = 0; i < 30; i++)
        {
            Report(0, OutcomeKind.Unreachable);
            Pass(40);
        }

        Assert.True(_health.Allows(_endpoints[0]));
        _health.Answered(_endpoints[0]);
        Report(0, OutcomeKind.Success, 50);
        _health.Compare();

        Assert.Empty(Avoided());
    }

    [Fact]
    public void Ejection_TurnedOff_EjectsNobody()
    {
        var health = TestHealth.Of(_time, new HealthOptions { Ejection = false });
        var endpoints = health.Read(Set(1));
        for (var i = 0; i < 100; i++)
            health.Report(endpoints[0], new RequestOutcome(OutcomeKind.Error, TimeSpan.Zero));
        for (var i = 0; i < 100; i++)
            health.Report(endpoints[1 + (i % 4)], new RequestOutcome(OutcomeKind.Success, TimeSpan.Zero));
        health.Compare();

        Assert.DoesNotContain(endpoints, ServiceHealth.IsAvoided);
    }

    [Fact]
    public void Read_AnotherAddress_EndsAnEjectionAndItsRow_ButAnotherWeightDoesNot()
    {
        Report(0, OutcomeKind.Error, 5);

        var same = _health.Read(Make.Set(2, [.. "abcde".Select(static id => Make.Endpoint(id.ToString(), weight: 50))]));
        Assert.False(_health.Allows(same[0]));
        var moved = _health.Read(Make.Set(3, [.. "abcde".Select(static id => Make.Endpoint(id.ToString(), weight: 50) with { Host = "10.0.0.9" })]));
        Assert.True(_health.Allows(moved[0]));

        _health.Report(moved[0], new RequestOutcome(OutcomeKind.Error, TimeSpan.Zero));
        Assert.True(_health.Allows(moved[0]));
    }

    [Fact]
    public void Report_Success_AllocatesNothing()
    {
        var outcome = new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMilliseconds(3));

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                _health.Report(_endpoints[0], outcome);
                _health.Answered(_endpoints[0]);
                _health.Allows(_endpoints[0]);
            }
        }));
    }

    [Fact]
    public async Task Report_FromManyThreads_EjectsOnceAndEndsInOrder()
    {
        using var stop = new CancellationTokenSource();
        var reporters = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var endpoint = _endpoints[random.Next(5)];
                if (!_health.Allows(endpoint))
                    _time.Advance(TimeSpan.FromMilliseconds(1));
                _health.Report(endpoint, new RequestOutcome((OutcomeKind)random.Next(8), TimeSpan.Zero));
                if (random.Next(4) == 0)
                    _health.Answered(endpoint);
            }
        }));
        await Eventually.Within(Task.WhenAll(reporters));

        Assert.InRange(_endpoints.Count(static endpoint => endpoint.Load.Avoidance is { IsEjection: true }), 0, 2);
        Pass(3_600);
        foreach (var endpoint in _endpoints)
        {
            Assert.True(_health.Allows(endpoint));
            _health.Answered(endpoint);
            _health.Report(endpoint, new RequestOutcome(OutcomeKind.Success, TimeSpan.Zero));
        }

        Assert.Empty(Avoided());
        Assert.False(_health.IsPanicking);
    }

    public void Dispose() => _meters.Dispose();

    private static EndpointSet Set(int revision) => Make.Set(revision, [.. "abcde".Select(static id => Make.Endpoint(id.ToString()))]);

    private void Report(int endpoint, OutcomeKind kind, int times = 1, int milliseconds = 5)
    {
        for (var i = 0; i < times; i++)
            _health.Report(_endpoints[endpoint], new RequestOutcome(kind, TimeSpan.FromMilliseconds(milliseconds)));
    }

    private int[] Avoided() => [.. Enumerable.Range(0, 5).Where(i => ServiceHealth.IsAvoided(_endpoints[i]))];

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
