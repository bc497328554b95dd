using Rollcall.Pooling;
using FakeConnection = Rollcall.Tests.Pooling.PoolWorld.FakeConnection;

namespace Rollcall.Tests.Pooling;

/// <summary>What rentals teach the health of their endpoint.</summary>
public sealed class PoolHealthTests
{
    [Fact]
    public async Task GoodRentals_EndARowOfFailures()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));
        var ones = await RentManyAsync(world, 7);
        for (var i = 0; i < 4; i++)
            ones[i].Fail();

        ones[4].Dispose();

        ones[5].Fail();
        Assert.Null(world.Load("1").Avoidance);
        ones[6].Dispose();
    }

    [Fact]
    public async Task GoodRentals_CountAsSuccesses_WithoutATime()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"));

        for (var i = 0; i < 3; i++)
            await world.UseAsync();

        var traffic = world.Load("1").Traffic.Recent;
        Assert.Equal((3, 0, 0), (traffic.Successes, traffic.Failures, traffic.Timed));
    }

    [Fact]
    public async Task EveryRentalFails_OneCallerAfterAnother_EjectsThoughConnectsSucceed()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));

        for (var i = 0; i < 15; i++)
        {
            var rented = await world.RentAsync();
            if (rented.Endpoint.Id == "1")
                rented.Fail();
            rented.Dispose();
        }

        Assert.Equal(AvoidReason.Failures, world.Load("1").Avoidance?.Reason);
    }

    [Fact]
    public async Task EndpointWithFarMoreFailedRentalsThanTheOthers_IsEjected()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));

        // Every second one: never a row of them.
        var ones = 0;
        while (ones < 40)
        {
            var rented = await world.RentAsync();
            if (rented.Endpoint.Id == "1" && ones++ % 2 == 0)
                rented.Fail();
            rented.Dispose();
        }

        await world.UntilAsync(() => world.Load("1").Avoidance is { Reason: AvoidReason.SuccessRate });
    }

    [Fact]
    public async Task EjectedEndpoint_ComesBackThroughAGoodRentalOfAnIdleConnection()
    {
        await using var world = new PoolWorld();
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"), PoolWorld.Endpoint("3"));
        var ones = await RentManyAsync(world, 6);
        ones[5].Dispose();
        for (var i = 0; i < 5; i++)
            ones[i].Fail();
        Assert.True(world.Load("1").Avoidance!.IsEjection);
        world.Connecting = static (_, _) => throw new IOException("the test's own: only what is open may help");

        // One that was lent before is no try.
        for (var i = 0; i < 6; i++)
            Assert.NotEqual("1", (await world.UseAsync()).Endpoint.Id);
        world.Time.Advance(TimeSpan.FromSeconds(40));
        for (var i = 0; i < 3; i++)
            await world.UseAsync();

        Assert.Null(world.Load("1").Avoidance);
    }

    // Rents so many of every endpoint; those of the others are back, those of "1" are the caller's.
    private static async Task<List<PooledConnection<FakeConnection>>> RentManyAsync(PoolWorld world, int count)
    {
        List<PooledConnection<FakeConnection>> ones = [];
        List<PooledConnection<FakeConnection>> others = [];
        while (ones.Count < count)
        {
            var rented = await world.RentAsync();
            (rented.Endpoint.Id == "1" ? ones : others).Add(rented);
        }

        foreach (var other in others)
            other.Dispose();
        return ones;
    }
}
