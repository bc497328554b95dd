namespace Rollcall.Tests.Pooling;

public sealed class PoolMetricsTests
{
    [Fact]
    public async Task EveryInstrument_IsRecordedWithAClosedSetOfTags()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 2);
        world.Set(PoolWorld.Endpoint("1"));
        var first = await world.RentAsync();
        var second = await world.RentAsync();
        var waiting = world.RentAsync();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == 1);

        Assert.Equal(1, Read("rollcall.pool.waiters", "rollcall.pool=orders"));
        world.Time.Advance(TimeSpan.FromSeconds(2));
        second.Dispose();
        (await waiting).Fail();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Connections.Open == 1);

        Assert.Equal(1, Connections("in-use"));
        Assert.All(new[] { "idle", "opening", "checking", "closing" }, state => Assert.Equal(0, Connections(state)));
        Assert.InRange(Read("rollcall.pool.connection.age", "rollcall.pool=orders"), 2, 2.01);
        Assert.Equal(2, Read("rollcall.pool.connections.opened", "rollcall.pool=orders"));
        Assert.Equal(1, Read("rollcall.pool.connections.closed", "rollcall.pool=orders,rollcall.reason=failed"));
        Assert.Equal(1, Read("rollcall.pool.failures", "rollcall.pool=orders,rollcall.operation=rental"));
        Assert.True(Read("rollcall.pool.wait.duration", "rollcall.pool=orders") >= 2);
        first.Dispose();

        Assert.Equal("s", world.Meters.Unit("rollcall.pool.connect.duration"));

        double Read(string instrument, string tags)
        {
            world.Meters.Collect();
            return world.Meters.Sum(instrument, tags);
        }

        double Connections(string state) => Read("rollcall.pool.connections", $"rollcall.pool=orders,rollcall.pool.state={state}");
    }
}
