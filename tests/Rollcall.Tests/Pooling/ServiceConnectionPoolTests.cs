using Rollcall.Pooling;
using Rollcall.TestKit;
using FakeConnection = Rollcall.Tests.Pooling.PoolWorld.FakeConnection;

namespace Rollcall.Tests.Pooling;

public sealed class ServiceConnectionPoolTests
{
    [Fact]
    public async Task Rent_AfterReturn_GivesTheSameConnection()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));

        var first = await world.UseAsync();
        var second = await world.UseAsync();

        Assert.Same(first, second);
        Assert.Equal("1", first.Endpoint.Id);
        Assert.Equal(1, world.Open);
    }

    [Fact]
    public async Task Rent_WhileRented_OpensAnother()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));

        using var first = await world.RentAsync();
        using var second = await world.RentAsync();

        Assert.NotSame(first.Connection, second.Connection);
    }

    [Fact]
    public async Task Rent_SeveralEndpoints_FollowsThePolicy()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));

        var used = new List<string>();
        for (var i = 0; i < 9; i++)
            used.Add((await world.UseAsync()).Endpoint.Id);

        Assert.All(used.CountBy(static id => id), static pair => Assert.Equal(3, pair.Value));
        Assert.Equal(3, world.Open);
    }

    [Theory]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    public async Task Rent_WithAKey_OfAPolicyThatHeedsIt_GoesToOneEndpointWhileItCan(string balancer)
    {
        await using var world = new PoolWorld(options => (options.Balancer, options.MaxPerEndpoint) = (balancer, 1));
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));
        var homes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            using var rented = await RentAsync($"customer-{i % 20}");
            Assert.Equal(rented.Endpoint.Id, homes.TryAdd($"customer-{i % 20}", rented.Endpoint.Id) ? rented.Endpoint.Id : homes[$"customer-{i % 20}"]);
        }

        Assert.Equal(3, homes.Values.Distinct(StringComparer.Ordinal).Count());

        // Its own may have no more: another is better than to wait.
        using var held = await RentAsync("customer-7");
        using var elsewhere = await RentAsync("customer-7");
        Assert.NotEqual(held.Endpoint.Id, elsewhere.Endpoint.Id);

        Task<PooledConnection<FakeConnection>> RentAsync(string key) => Eventually.Within(world.Pool.RentAsync(PickContext.ForKey(key)).AsTask());
    }

    [Fact]
    public async Task Rented_CountsAsInFlightOfItsEndpoint()
    {
        await using var world = new PoolWorld(static options => options.Balancer = "least-requests");
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));

        using var first = await world.RentAsync();
        using var second = await world.RentAsync();

        Assert.NotEqual(first.Endpoint.Id, second.Endpoint.Id);
    }

    [Fact]
    public async Task Connection_AfterReturn_CannotBeUsed()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));
        var rented = await world.RentAsync();
        var copy = rented;

        rented.Dispose();

        Assert.Throws<ObjectDisposedException>(() => copy.Connection);
        Assert.Throws<ObjectDisposedException>(() => rented.Endpoint);
        Assert.Throws<ObjectDisposedException>(() => default(PooledConnection<FakeConnection>).Connection);

        // Nor does the old rental end a later one of the same connection.
        using var next = await world.RentAsync();
        copy.Dispose();
        rented.Fail();
        Assert.NotNull(next.Connection);
        Assert.Equal(1, world.Pool.GetStatistics().Connections.InUse);
    }

    [Fact]
    public async Task CallerThrows_ConnectionIsBack()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(async () =>
        {
            using var rented = await world.RentAsync();
            throw new TimeZoneNotFoundException();
        });

        await world.UseAsync();
        Assert.Equal((1, 0), (world.Pool.GetStatistics().Connections.Idle, world.Pool.GetStatistics().Connections.InUse));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FailAndDiscard_CloseTheConnection(bool isFailure)
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        var rented = await world.RentAsync();
        var connection = rented.Connection;

        if (isFailure)
            rented.Fail();
        else
            rented.Discard();
        rented.Dispose();

        Assert.NotSame(connection, await world.UseAsync());
        Assert.True(connection.IsClosed);
        Assert.Equal(isFailure ? 1 : 0, world.Pool.GetStatistics().Failures);
    }

    [Fact]
    public async Task ConnectFails_GoesOnToAnother_AndTheProcessKnows()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var tries = 0;
        world.Connecting = (endpoint, _) => endpoint.Id == "1" && Interlocked.Increment(ref tries) > 0 ? throw new IOException("refused by the test") : Task.CompletedTask;

        for (var i = 0; i < 10; i++)
            Assert.Equal("2", (await world.UseAsync()).Endpoint.Id);

        Assert.Equal(1, tries);
        Assert.Equal(1, world.Pool.GetStatistics().Failures);
        Assert.True(world.Source.Refreshed > 0);
    }

    [Fact]
    public async Task NobodyCanBeConnectedTo_NamesEveryTry()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        world.Connecting = static (endpoint, _) => throw new IOException($"no way to {endpoint.Host}");

        var error = await Assert.ThrowsAsync<ConnectionPoolException>(() => world.RentAsync());

        Assert.All(new[] { "'orders'", "fake:///orders", "no way to 10.0.0.1", "no way to 10.0.0.2", "Tried 2" }, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(0, world.Pool.GetStatistics().Connections.Open);
    }

    [Fact]
    public async Task Connect_TakesTooLong_GoesOnAndClosesWhatComesLate()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var late = new TaskCompletionSource();
        world.Connecting = (endpoint, _) => endpoint.Id == "1" ? late.Task : Task.CompletedTask;

        var both = new[] { world.RentAsync(), world.RentAsync() };
        await world.UntilAsync(() => both.All(static rent => rent.IsCompleted));

        foreach (var rent in both)
        {
            using var rented = await rent;
            Assert.Equal("2", rented.Endpoint.Id);
        }

        // It did not heed its token: it counts until it ends, and what comes of it is closed.
        Assert.Equal(3, world.Pool.GetStatistics().Connections.Open);
        late.SetResult();
        await PoolWorld.SoonAsync(() => world.All.Any(static connection => connection.Endpoint.Id == "1" && connection.IsClosed));
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Connections.Open == 2);
        Assert.True(world.Meters.Sum("rollcall.pool.connect.duration", "rollcall.pool=orders") >= 2);
    }

    [Fact]
    public async Task NoEndpoint_SaysSo()
    {
        await using var world = new PoolWorld();
        world.Set();

        var error = await Assert.ThrowsAsync<ConnectionPoolException>(() => world.RentAsync());

        Assert.Contains("no endpoint is known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingKnownYet_WaitsForTheFirstSnapshot()
    {
        await using var world = new PoolWorld();
        var renting = world.RentAsync();
        Assert.False(renting.IsCompleted);

        world.Set(PoolWorld.Endpoint("1"));

        using var rented = await renting;
    }

    [Fact]
    public async Task Draining_IdleIsClosedNow_RentedWhenReturned()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var rented = new List<PooledConnection<FakeConnection>>();
        for (var i = 0; i < 4; i++)
            rented.Add(await world.RentAsync());
        var one = rented.Where(static r => r.Endpoint.Id == "1").ToList();
        var (idle, busy) = (one[0].Connection, one[1].Connection);
        one[0].Dispose();

        world.Set(PoolWorld.Endpoint("1", EndpointState.Draining), PoolWorld.Endpoint("2"));

        await PoolWorld.SoonAsync(() => idle.IsClosed);
        Assert.False(busy.IsClosed);
        for (var i = 0; i < 6; i++)
            Assert.Equal("2", (await world.UseAsync()).Endpoint.Id);
        one[1].Dispose();
        await PoolWorld.SoonAsync(() => busy.IsClosed);
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Endpoints is [{ Endpoint.Id: "2", Connections.Open: 3 }]);

        world.Set(PoolWorld.Endpoint("1", EndpointState.Draining), PoolWorld.Endpoint("2", EndpointState.Draining));
        await PoolWorld.SoonAsync(() => world.Pool.Selection!.Problem is not null);
        var error = await Assert.ThrowsAsync<ConnectionPoolException>(() => world.RentAsync());
        Assert.Contains("every endpoint is draining", error.Message, StringComparison.Ordinal);
        foreach (var other in rented)
            other.Dispose();
        await PoolWorld.SoonAsync(() => world.Open == 0);
    }

    [Fact]
    public async Task AddressChanges_IsAnotherDestination()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));
        var idle = await world.UseAsync();

        world.Set(PoolWorld.Endpoint("1") with { Host = "10.9.9.9" });

        await PoolWorld.SoonAsync(() => idle.IsClosed);
        Assert.Equal("10.9.9.9", (await world.UseAsync()).Endpoint.Host);
    }

    [Fact]
    public async Task OtherNewsOfAnEndpoint_KeepsItsConnections()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));
        var before = await world.UseAsync();

        world.Set(PoolWorld.Endpoint("1") with { Weight = 7 });
        await PoolWorld.SoonAsync(() => world.Pool.Selection!.Set.Endpoints[0].Weight == 7);

        using var rented = await world.RentAsync();
        Assert.Same(before, rented.Connection);
        Assert.Equal(7, rented.Endpoint.Weight);
    }

    [Fact]
    public async Task Dispose_EndsEverything()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 2);
        world.Set(PoolWorld.Endpoint("1"));
        var rented = await world.RentAsync();
        var second = await world.RentAsync();
        var waiting = world.Pool.RentAsync().AsTask();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == 1);
        var idle = second.Connection;

        await Eventually.Within(world.Pool.DisposeAsync().AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Eventually.Within(waiting));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => world.RentAsync());
        Assert.Equal(2, world.Open);
        Assert.NotNull(rented.Connection);
        rented.Dispose();
        second.Dispose();
        await PoolWorld.SoonAsync(() => world.Open == 0);
        Assert.True(idle.IsClosed);
    }

    [Fact]
    public async Task Dispose_WaitsUntilIdleOnesAreClosed()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));
        await world.UseAsync();
        var gate = new TaskCompletionSource();
        world.Closing = _ => gate.Task;

        var disposing = world.Pool.DisposeAsync().AsTask();
        await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Connections.Closing == 1);
        Assert.False(disposing.IsCompleted);
        gate.SetResult();

        await Eventually.Within(disposing);
        Assert.Equal(0, world.Open);
    }

    [Fact]
    public async Task Close_HangsOrThrows_HoldsNobodyUp()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        world.Closing = static _ => new TaskCompletionSource().Task;
        (await world.RentAsync()).Discard();
        var waiting = world.RentAsync();

        await world.UntilAsync(() => waiting.IsCompleted);

        world.Closing = static _ => throw new IOException("the test's own");
        (await waiting).Discard();
        using var rented = await world.RentAsync();
    }

    [Fact]
    public async Task Close_Blocks_HoldsNobodyUp()
    {
        await using var world = new PoolWorld(static options => options.MaxConnections = 1);
        world.Set(PoolWorld.Endpoint("1"));
        using var gate = new ManualResetEventSlim();
        world.Closing = _ =>
        {
            gate.Wait();
            return Task.CompletedTask;
        };
        try
        {
            (await world.RentAsync()).Discard();
            var waiting = world.RentAsync();

            await world.UntilAsync(() => waiting.IsCompleted);

            using var rented = await waiting;
        }
        finally
        {
            gate.Set();
            await PoolWorld.SoonAsync(() => world.Open <= 1);
        }
    }

    [Fact]
    public async Task MaxPerEndpoint_NotSet_IsNoLimitOfItsOwn()
    {
        await using var world = new PoolWorld(static options => (options.MaxConnections, options.RentTimeout) = (250, TimeSpan.FromSeconds(1)));
        world.Set(PoolWorld.Endpoint("1"));
        for (var i = 0; i < 250; i++)
            await world.RentAsync();

        Assert.Equal(250, world.Open);
    }

    [Fact]
    public void MinIdlePerEndpoint_MoreThanMayBeOpen_IsRefused() =>
        Assert.Contains(
            "MinIdlePerEndpoint is 9; it must be 0 to 8",
            Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
                static () => new PoolWorld(static options => (options.MaxConnections, options.MaxPerEndpoint, options.MinIdlePerEndpoint) = (8, 20, 9))).Message,
            StringComparison.Ordinal);
}
