using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class SuspicionTests
{
    private readonly VirtualTime _time = new();
    private readonly Suspicion _suspicion;
    private readonly BalancedEndpoint _endpoint = Make.Weighted(1)[0];

    public SuspicionTests() => _suspicion = new Suspicion(_time, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    [Fact]
    public void Allows_NothingHappened_Always() => Assert.True(_suspicion.Allows(_endpoint) && _suspicion.Allows(_endpoint));

    [Fact]
    public void Failed_Doubles_UpToTheLongest()
    {
        _suspicion.Failed(_endpoint);
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30, 30 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(_suspicion.Allows(_endpoint), $"before {seconds} s");
            _time.Advance(TimeSpan.FromMilliseconds(2));
            Assert.True(_suspicion.Allows(_endpoint), $"after {seconds} s");
        }
    }

    [Fact]
    public void Allows_TheWhileIsOver_LetsOneTryAndTheOthersWait()
    {
        _suspicion.Failed(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.True(_suspicion.Allows(_endpoint));
        Assert.False(_suspicion.Allows(_endpoint));
    }

    [Fact]
    public void Answered_EndsItAndForgetsTheFailures()
    {
        _suspicion.Failed(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(_suspicion.Allows(_endpoint));

        Suspicion.Answered(_endpoint);
        Assert.True(_suspicion.Allows(_endpoint));

        _suspicion.Failed(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(_suspicion.Allows(_endpoint));
    }

    [Fact]
    public void Failed_ManyRequestsAtOnce_CountOnce()
    {
        for (var i = 0; i < 100; i++)
            _suspicion.Failed(_endpoint);
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.True(_suspicion.Allows(_endpoint));
    }

    [Fact]
    public void Failed_NewSnapshotWithoutNewsOfTheEndpoint_IsStillKnown()
    {
        var book = new ServiceHealth(_suspicion);
        _suspicion.Failed(book.Read(Make.Set(1, Make.Endpoint("a")))[0]);

        Assert.False(_suspicion.Allows(book.Read(Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b")))[0]));
    }

    [Fact]
    public void Failed_EndpointCameBackAtAnotherAddress_IsForgotten()
    {
        var book = new ServiceHealth(_suspicion);
        _suspicion.Failed(book.Read(Make.Set(1, Make.Endpoint("a")))[0]);

        Assert.True(_suspicion.Allows(book.Read(Make.Set(2, Make.Endpoint("a") with { Host = "10.0.0.9" }))[0]));
    }

    [Fact]
    public void Failed_TurnedOff_DoesNothing()
    {
        var off = new Suspicion(_time, TimeSpan.Zero, TimeSpan.FromSeconds(30));

        off.Failed(_endpoint);

        Assert.True(off.Allows(_endpoint));
    }

    [Fact]
    public async Task Allows_ManyThreadsAtTheEndOfTheWhile_LetsExactlyOneTry()
    {
        for (var round = 0; round < 200; round++)
        {
            var endpoint = Make.Weighted(1)[0];
            _suspicion.Failed(endpoint);
            _time.Advance(TimeSpan.FromSeconds(1.1));

            var allowed = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _suspicion.Allows(endpoint)))));

            Assert.Single(allowed, static one => one);
        }
    }
}
