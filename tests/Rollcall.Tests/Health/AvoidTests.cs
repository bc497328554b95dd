using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class AvoidTests
{
    private readonly VirtualTime _time = new();
    private readonly ServiceHealth _health;
    private readonly BalancedEndpoint _endpoint;

    public AvoidTests()
    {
        _health = TestHealth.Of(_time);
        _endpoint = _health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b")))[0];
    }

    [Fact]
    public void Allows_NothingHappened_Always() => Assert.True(_health.Allows(_endpoint) && _health.Allows(_endpoint));

    [Fact]
    public void Silent_Doubles_UpToTheLongest()
    {
        _health.Silent(_endpoint);
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30, 30 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(_health.Allows(_endpoint), $"before {seconds} s");
            _time.Advance(TimeSpan.FromMilliseconds(2));
            Assert.True(_health.Allows(_endpoint), $"after {seconds} s");
        }
    }

    [Fact]
    public void Allows_TheWhileIsOver_LetsOneTryAndTheOthersWait()
    {
        _health.Silent(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.True(_health.Allows(_endpoint));
        Assert.False(_health.Allows(_endpoint));
    }

    [Fact]
    public void Answered_EndsItAndForgetsTheFailures()
    {
        _health.Silent(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(_health.Allows(_endpoint));

        _health.Answered(_endpoint);
        Assert.True(_health.Allows(_endpoint));

        _health.Silent(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(_health.Allows(_endpoint));
    }

    [Fact]
    public void Silent_ManyRequestsAtOnce_CountOnce()
    {
        for (var i = 0; i < 100; i++)
            _health.Silent(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.True(_health.Allows(_endpoint));
    }

    [Fact]
    public void Silent_NewSnapshotWithoutNewsOfTheEndpoint_IsStillKnown()
    {
        _health.Silent(_endpoint);

        Assert.False(_health.Allows(_health.Read(Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")))[0]));
    }

    [Fact]
    public void Silent_EndpointCameBackAtAnotherAddress_IsForgotten()
    {
        _health.Silent(_endpoint);

        Assert.True(_health.Allows(_health.Read(Make.Set(2, Make.Endpoint("a") with { Host = "10.0.0.9" }))[0]));
    }

    [Fact]
    public void Silent_TurnedOff_DoesNothing()
    {
        var off = new ServiceHealth(
            Make.Target, new HealthContext(new HealthSettings(TimeSpan.Zero, TimeSpan.FromSeconds(30), new()), _time, new HealthMetrics(null), NullLogger.Instance), new Random(1));

        off.Silent(_endpoint);

        Assert.True(off.Allows(_endpoint));
    }

    [Fact]
    public async Task Allows_ManyThreadsAtTheEndOfTheWhile_LetsExactlyOneTry()
    {
        for (var round = 0; round < 200; round++)
        {
            var endpoint = new BalancedEndpoint(Make.Endpoint("a"));
            _health.Silent(endpoint);
            _time.Advance(TimeSpan.FromSeconds(1.1));

            var allowed = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _health.Allows(endpoint)))));

            Assert.Single(allowed, static one => one);
        }
    }
}
