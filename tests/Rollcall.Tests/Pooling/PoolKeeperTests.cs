using Rollcall.Pooling;
using FakeConnection = Rollcall.Tests.Pooling.PoolWorld.FakeConnection;

namespace Rollcall.Tests.Pooling;

public sealed class PoolKeeperTests
{
    [Fact]
    public async Task ReadyEndpoints_AreConnectedToBeforeAnybodyAsks()
    {
        await using var world = new PoolWorld(static options => options.MinIdlePerEndpoint = 2);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3", EndpointState.NotReady), PoolWorld.Endpoint("4", EndpointState.Draining));

        await world.UntilAsync(() => world.Open == 4);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));
        await world.UntilAsync(() => world.Open == 6);
        await world.UntilAsync(() => world.Pool.GetStatistics().Connections.Idle == 6);

        Assert.Equal(["1", "1", "2", "2", "3", "3"], world.All.Select(static connection => connection.Endpoint.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rented_IsReplacedByAnotherIdleOne()
    {
        await using var world = new PoolWorld(static options => options.MinIdlePerEndpoint = 1);
        world.Set(PoolWorld.Endpoint("1"));
        await world.UntilAsync(() => world.Pool.GetStatistics().Connections.Idle == 1);

        using var rented = await world.RentAsync();

        await world.UntilAsync(() => world.Pool.GetStatistics().Connections is { Idle: 1, InUse: 1 });
    }

    [Fact]
    public async Task Idle_TooLong_IsClosedDownToTheMinimum()
    {
        await using var world = new PoolWorld(static options => (options.MinIdlePerEndpoint, options.IdleTimeout) = (1, TimeSpan.FromSeconds(20)));
        world.Set(PoolWorld.Endpoint("1"));
        await OpenAsync(world, 4);
        var before = world.Time.GetTimestamp();

        await world.UntilAsync(() => world.Open == 1);

        Assert.InRange(world.Time.GetElapsedTime(before).TotalSeconds, 19, 23);
        await Pass(world, 60);
        Assert.Equal(1, world.Open);
    }

    [Fact]
    public async Task Old_IsClosed_RentedOnesWhenReturned()
    {
        await using var world = new PoolWorld(static options => options.MaxLifetime = TimeSpan.FromSeconds(30));
        world.Set(PoolWorld.Endpoint("1"));
        var rented = await world.RentAsync();
        await OpenAsync(world, 2);
        var before = world.Time.GetTimestamp();

        await world.UntilAsync(() => world.Open == 1);

        Assert.InRange(world.Time.GetElapsedTime(before).TotalSeconds, 26.5, 32);
        await Pass(world, 10);
        Assert.False(rented.Connection.IsClosed);
        rented.Dispose();
        await PoolWorld.SoonAsync(() => world.Open == 0);
    }

    [Fact]
    public async Task Idle_IsChecked_AndClosedWhenItIsDead()
    {
        await using var world = new PoolWorld(static options => options.CheckInterval = TimeSpan.FromSeconds(10));
        world.Set(PoolWorld.Endpoint("1"));
        var connections = await OpenAsync(world, 3);

        await world.UntilAsync(() => connections.All(static connection => connection.Checks == 1));
        Assert.Equal(3, world.Open);
        world.Checking = (connection, _) => Task.FromResult(connection != connections[0]);
        await world.UntilAsync(() => connections[0].IsClosed);
        await world.UntilAsync(() => connections[1].Checks == 2);

        Assert.Equal(2, world.Open);
        Assert.Equal(1, world.Pool.GetStatistics().Failures);
        Assert.Equal(1, Assert.Single(world.Pool.GetStatistics().Endpoints).Failures);
    }

    [Fact]
    public async Task Check_NeverAnswers_ClosesTheConnection()
    {
        await using var world = new PoolWorld(static options => options.CheckInterval = TimeSpan.FromSeconds(10));
        world.Set(PoolWorld.Endpoint("1"));
        var connection = await world.UseAsync();
        world.Checking = static (_, _) => new TaskCompletionSource<bool>().Task;

        await world.UntilAsync(() => connection.IsClosed);
    }

    [Fact]
    public async Task Dead_IsNeverLentAfterASecondOfRest()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));
        var connections = await OpenAsync(world, 3);
        foreach (var connection in connections)
            connection.IsDead = true;

        world.Time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.DoesNotContain(await world.UseAsync(), connections);
        await PoolWorld.SoonAsync(() => world.Open == 1);
    }

    [Fact]
    public async Task EndpointThatCannotBeConnectedTo_IsTriedLessAndLess_AndFoundAgain()
    {
        await using var world = new PoolWorld(static options => options.MinIdlePerEndpoint = 1);
        var tries = 0;
        var isUp = false;
        world.Connecting = (_, _) => Interlocked.Increment(ref tries) > 0 && !Volatile.Read(ref isUp) ? throw new IOException("the test's own") : Task.CompletedTask;
        world.Set(PoolWorld.Endpoint("1"));

        await Pass(world, 120);
        Assert.InRange(tries, 5, 60);
        Volatile.Write(ref isUp, true);

        await world.UntilAsync(() => world.Open == 1);
    }

    [Fact]
    public async Task Full_NewEndpoint_GetsAConnectionInPlaceOfOneOfMany()
    {
        await using var world = new PoolWorld(static options => (options.MinIdlePerEndpoint, options.MaxConnections) = (1, 4));
        world.Set(PoolWorld.Endpoint("1"));
        await OpenAsync(world, 4);

        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));

        await world.UntilAsync(() => world.Pool.GetStatistics().Endpoints is [{ Connections.Idle: 3 }, { Connections.Idle: 1 }]);
        Assert.Equal(4, world.MostOpen);
    }

    [Fact]
    public async Task Statistics_TellWhatIsThere()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var all = new[] { await world.RentAsync(), await world.RentAsync(), await world.RentAsync() };
        all[0].Dispose();
        world.Time.Advance(TimeSpan.FromSeconds(5));

        var statistics = world.Pool.GetStatistics();

        Assert.Equal((1, 2, 3), (statistics.Connections.Idle, statistics.Connections.InUse, statistics.Connections.Open));
        Assert.InRange(statistics.Connections.OldestAge.TotalSeconds, 5, 5.01);
        Assert.Equal((3L, 0L, 0L, 0), (statistics.Opened, statistics.Closed, statistics.Failures, statistics.Waiters));
        Assert.Equal(["1", "2"], statistics.Endpoints.Select(static endpoint => endpoint.Endpoint.Id));
        Assert.Equal(3, statistics.Endpoints.Sum(static endpoint => endpoint.Connections.Open));
        world.Set(PoolWorld.Endpoint("2"));
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Endpoints[0].IsRetired);
        foreach (var rented in all)
            rented.Dispose();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Endpoints.Length == 1);
    }

    private static async Task<FakeConnection[]> OpenAsync(PoolWorld world, int count)
    {
        var rented = new List<PooledConnection<FakeConnection>>();
        while (rented.Count < count)
            rented.Add(await world.RentAsync());
        FakeConnection[] connections = [.. rented.Select(static one => one.Connection)];
        foreach (var one in rented)
            one.Dispose();
        return connections;
    }

    private static async Task Pass(PoolWorld world, int seconds)
    {
        var end = world.Time.GetTimestamp() + (seconds * world.Time.TimestampFrequency);
        await world.Time.AdvanceUntilAsync(() => world.Time.GetTimestamp() >= end, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds + 1));
    }
}
