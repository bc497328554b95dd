using Rollcall.Pooling;
using Rollcall.TestKit;
using FakeConnection = Rollcall.Tests.Pooling.PoolWorld.FakeConnection;

namespace Rollcall.Tests.Pooling;

public sealed class WaitingTests
{
    [Fact]
    public async Task Full_WaitersAreServedInOrder()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 2);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var held = new Queue<PooledConnection<FakeConnection>>([await world.RentAsync(), await world.RentAsync()]);
        var waiting = await WaitAsync(world, 6);

        for (var i = 0; i < waiting.Count; i++)
        {
            held.Dequeue().Dispose();
            held.Enqueue(await Eventually.Within(waiting[i]));
            Assert.All(waiting.Skip(i + 1), static later => Assert.False(later.IsCompleted));
        }

        foreach (var rented in held)
            rented.Dispose();
        Assert.Equal(2, world.MostOpen);
        var statistics = world.Pool.GetStatistics();
        Assert.Equal((0, 6L), (statistics.Waiters, statistics.Waits));
    }

    [Fact]
    public async Task Full_BrokenOnes_MakeRoomInOrder()
    {
        await using var world = new PoolWorld(static options => options.MaxPerEndpoint = 1);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var held = new Queue<PooledConnection<FakeConnection>>([await world.RentAsync(), await world.RentAsync()]);
        var waiting = await WaitAsync(world, 5);

        for (var i = 0; i < waiting.Count; i++)
        {
            held.Dequeue().Discard();
            held.Enqueue(await Eventually.Within(waiting[i]));
            Assert.All(waiting.Skip(i + 1), static later => Assert.False(later.IsCompleted));
        }

        foreach (var rented in held)
            rented.Dispose();
        Assert.Equal(1, world.MostOpenToOne);
    }

    [Fact]
    public async Task Waiting_Cancelled_LeavesItsPlaceToTheNext()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        var held = await world.RentAsync();
        using var cancel = new CancellationTokenSource();
        var first = world.Pool.RentAsync(cancel.Token).AsTask();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == 1);
        var second = world.RentAsync();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == 2);

        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(first));
        Assert.Equal(cancel.Token, error.CancellationToken);
        held.Dispose();
        using var rented = await second;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Pool.RentAsync(cancel.Token).AsTask());
    }

    [Fact]
    public async Task Waiting_TooLong_SaysWhoHasThem()
    {
        await using var world = new PoolWorld(static options => (options.MaxConnections, options.RentTimeout) = (1, TimeSpan.FromSeconds(3)));
        world.Set(PoolWorld.Endpoint("1"));
        using var held = await world.RentAsync();
        var waiting = world.RentAsync();

        await world.UntilAsync(() => waiting.IsCompleted);

        var error = await Assert.ThrowsAsync<ConnectionPoolException>(() => waiting);
        Assert.Contains("none within 3s. 1 are in use", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, world.Pool.GetStatistics().Waiters);
    }

    [Fact]
    public async Task Waiting_NewEndpoint_IsUsedAtOnce()
    {
        await using var world = new PoolWorld(static options => options.MaxPerEndpoint = 1);
        world.Set(PoolWorld.Endpoint("1"));
        using var held = await world.RentAsync();
        var waiting = await WaitAsync(world, 1);

        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        await world.UntilAsync(() => waiting[0].IsCompleted);

        using var rented = await waiting[0];
        Assert.Equal("2", rented.Endpoint.Id);
    }

    [Fact]
    public async Task Waiting_ConnectFails_KeepsItsPlace()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var held = await world.RentAsync();
        var waiting = await WaitAsync(world, 2);
        var failures = 0;
        world.Connecting = (_, _) => Interlocked.Increment(ref failures) == 1 ? throw new IOException("the test's own") : Task.CompletedTask;

        held.Discard();

        using (await Eventually.Within(waiting[0]))
            Assert.False(waiting[1].IsCompleted);
        using var second = await Eventually.Within(waiting[1]);
    }

    [Fact]
    public async Task Full_IdleConnectionsToOthers_MakeRoom()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        var idle = await world.UseAsync();
        world.Set(PoolWorld.Endpoint("1", EndpointState.NotReady), PoolWorld.Endpoint("2"));
        await PoolWorld.SoonAsync(() => world.Pool.Selection!.Set.Endpoints.Length == 2);

        using var rented = await world.RentAsync();

        Assert.Equal("2", rented.Endpoint.Id);
        Assert.True(idle.IsClosed);
        Assert.Equal(1, world.MostOpen);
    }

    [Fact]
    public async Task Full_OfConnectionsToOthers_ButMayHaveNoMoreItself_TakesNothingFromThem()
    {
        await using var world = new PoolWorld(static options => (options.MaxConnections, options.MaxPerEndpoint) = (2, 1));
        world.Set(PoolWorld.Endpoint("2"));
        var idle = await world.UseAsync();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2", EndpointState.NotReady));
        await PoolWorld.SoonAsync(() => world.Pool.Selection!.Set.Endpoints.Length == 2);
        using var held = await world.RentAsync();

        var waiting = await WaitAsync(world, 1);

        Assert.False(idle.IsClosed);
        held.Discard();
        using var rented = await Eventually.Within(waiting[0]);
        Assert.False(idle.IsClosed);
    }

    [Theory]
    [InlineData(EndpointState.Draining)]
    [InlineData(EndpointState.NotReady)]
    public async Task Waiting_ConnectionOfAnEndpointThatIsNotChosen_IsNotGiven(EndpointState state)
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        var held = await world.RentAsync();
        var old = held.Connection;
        var waiting = await WaitAsync(world, 1);
        world.Set(PoolWorld.Endpoint("1", state), PoolWorld.Endpoint("2"));
        await PoolWorld.SoonAsync(() => world.Pool.Selection!.Set.Endpoints.Length == 2);

        held.Dispose();

        using var rented = await Eventually.Within(waiting[0]);
        Assert.Equal("2", rented.Endpoint.Id);
        Assert.True(old.IsClosed);
    }

    [Fact]
    public async Task Waiting_ConnectionOfAnAvoidedEndpoint_IsNotGiven()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var held = await world.RentAsync();
        var (old, bad) = (held.Connection, held.Endpoint.Id);
        var waiting = await WaitAsync(world, 1);
        world.Avoid(bad);

        held.Dispose();

        using var rented = await Eventually.Within(waiting[0]);
        Assert.NotEqual(bad, rented.Endpoint.Id);
        Assert.True(old.IsClosed);
    }

    [Fact]
    public async Task Waiting_ConnectionOfAnAvoidedEndpoint_WhenThereIsNoOther_IsUsed()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        var held = await world.RentAsync();
        var connection = held.Connection;
        var waiting = await WaitAsync(world, 1);
        world.Avoid("1");

        held.Dispose();

        using var rented = await Eventually.Within(waiting[0]);
        Assert.Same(connection, rented.Connection);
    }

    [Fact]
    public async Task Full_IdleConnectionsToAvoidedOnes_MakeRoom()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var idle = await world.UseAsync();
        world.Avoid(idle.Endpoint.Id);

        using var rented = await world.RentAsync();

        Assert.NotEqual(idle.Endpoint.Id, rented.Endpoint.Id);
        Assert.True(idle.IsClosed);
    }

    [Fact]
    public void Given_TheNextIsToldToLook()
    {
        var store = new ConnectionStore<FakeConnection>(null!, new() { MaxConnections = 3 }, static _ => true, static (_, _) => { });
        var home = store.NewHome(new(PoolWorld.Endpoint("1")));
        var (returned, failed) = (store.TryReserve(home, 0)!, store.TryReserve(home, 0)!);
        var (first, second) = (new Waiter<FakeConnection>(1), new Waiter<FakeConnection>(2));
        store.Enter(first);
        store.Enter(second);
        var told = second.Changed.Next;

        // The first is told of the free place, and before it has looked it is given a connection.
        store.Free(failed);
        store.Put(returned);

        Assert.Same(returned, store.TakeGiven(first));
        Assert.True(told.IsCompleted);
    }

    private static async Task<List<Task<PooledConnection<FakeConnection>>>> WaitAsync(PoolWorld world, int count)
    {
        var waiting = new List<Task<PooledConnection<FakeConnection>>>();
        for (var i = 0; i < count; i++)
        {
            waiting.Add(world.RentAsync());
            await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == i + 1);
        }

        return waiting;
    }
}
