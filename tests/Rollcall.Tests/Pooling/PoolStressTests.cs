using Rollcall.Pooling;
using Rollcall.TestKit;

namespace Rollcall.Tests.Pooling;

/// <summary>Everything at once, at random: nobody shares a connection, no limit is broken, nothing leaks.</summary>
public sealed class PoolStressTests
{
    [Theory]
    [InlineData(1, 4, 4, true)]
    [InlineData(2, 10, 3, true)]
    [InlineData(3, 40, 40, true)]
    [InlineData(4, 10, 3, false)]
    public async Task ManyCallers_FailuresCancellationsAndChanges_KeepTheLaws(int seed, int maxConnections, int maxPerEndpoint, bool changesEndpoints)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var world = new PoolWorld(
            options =>
            {
                (options.MaxConnections, options.MaxPerEndpoint, options.MinIdlePerEndpoint) = (maxConnections, maxPerEndpoint, 1);
                (options.IdleTimeout, options.MaxLifetime, options.CheckInterval) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));
                options.RentTimeout = TimeSpan.FromSeconds(20);
            },
            TimeProvider.System);
        var failing = new Random(seed);
        world.Connecting = async (_, cancellationToken) =>
        {
            await Task.Yield();
            if (Chance(failing, 0.05))
                throw new IOException("the test's own");
            if (Chance(failing, 0.05))
                await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System, cancellationToken);
        };
        world.Checking = (_, _) => Task.FromResult(!Chance(failing, 0.1));
        world.Set(Endpoints(new Random(seed)));
        using var stop = new CancellationTokenSource();
        var rentals = 0;

        var changes = changesEndpoints ? ChangeAsync(world, new Random(seed + 1), stop.Token) : Task.CompletedTask;
        var callers = Enumerable.Range(0, 24).Select(i => Task.Run(() => CallAsync(world.Pool, new Random((seed * 1000) + i), () => Interlocked.Increment(ref rentals), stop.Token))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);

        // However busy the machine is, there are that many.
        await Eventually.True(() => Volatile.Read(ref rentals) > 1000 || callers.Any(static caller => caller.IsFaulted));
        await stop.CancelAsync();
        await Eventually.Within(Task.WhenAll(callers));
        await Eventually.Within(changes);

        Assert.InRange(world.MostOpen, 1, maxConnections);

        // One that leaves and comes back is another, while what is rented of the first one lasts.
        if (!changesEndpoints)
            Assert.InRange(world.MostOpenToOne, 1, maxPerEndpoint);
        await Eventually.Within(world.DisposeAsync().AsTask());
        Assert.Equal(0, world.Open);
        var statistics = world.Pool.GetStatistics();
        Assert.Equal((0, 0), (statistics.Connections.Open, statistics.Waiters));
        Assert.Equal(statistics.Opened, statistics.Closed);
        Assert.Equal(world.All.Count, statistics.Opened);
    }

    // Virtual time stands still, so that nothing but the queue decides who is next.
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Waiters_AreServedInTheOrderOfTheirComing_WhateverHappensToOthers(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var world = new PoolWorld(static options => options.MaxConnections = 3);
        world.Set(PoolWorld.Endpoint("1"), PoolWorld.Endpoint("2"));
        var held = new List<PooledConnection<PoolWorld.FakeConnection>>();
        while (held.Count < 3)
            held.Add(await world.RentAsync());
        var waiting = new List<(Task<PooledConnection<PoolWorld.FakeConnection>> Renting, CancellationTokenSource Cancel)>();

        for (var step = 0; step < 400; step++)
        {
            if (waiting.Count == 0 || (random.Next(3) == 0 && waiting.Count < 20))
            {
                var cancel = new CancellationTokenSource();
                waiting.Add((world.Pool.RentAsync(cancel.Token).AsTask(), cancel));
                await PoolWorld.SoonAsync(() => world.Pool.GetStatistics().Waiters == waiting.Count);
            }
            else if (random.Next(4) == 0)
            {
                var at = random.Next(waiting.Count);
                await waiting[at].Cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waiting[at].Renting));
                waiting.RemoveAt(at);
            }
            else
            {
                var at = random.Next(held.Count);
                var rented = held[at];
                held.RemoveAt(at);
                if (random.Next(2) == 0)
                    rented.Dispose();
                else
                    rented.Discard();
                held.Add(await Eventually.Within(waiting[0].Renting));
                waiting.RemoveAt(0);
                Assert.All(waiting, static later => Assert.False(later.Renting.IsCompleted));
            }
        }

        foreach (var (renting, cancel) in waiting)
        {
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renting);
            cancel.Dispose();
        }

        foreach (var rented in held)
            rented.Dispose();
        Assert.Equal(3, world.MostOpen);
    }

    [Fact]
    public async Task IdleStack_ManyThreads_LosesAndDoublesNothing()
    {
        await using var world = new PoolWorld();
        var slots = new PoolSlot<PoolWorld.FakeConnection>?[16];
        var stack = new IdleStack<PoolWorld.FakeConnection>(slots);
        for (var i = 0; i < slots.Length; i++)
            stack.Push(slots[i] = new(world.Pool, i));
        var users = new int[slots.Length];

        await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 200_000; i++)
            {
                var (one, two) = (stack.Pop(), random.Next(2) == 0 ? stack.Pop() : null);
                Hold(one, 1);
                Hold(two, 1);
                Hold(one, -1);
                Hold(two, -1);
                if (one is not null)
                    stack.Push(one);
                if (two is not null)
                    stack.Push(two);
            }
        }))));

        Assert.Equal(slots.Length, stack.Count(100));
        var left = new HashSet<int>();
        while (stack.Pop() is { } slot)
            Assert.True(left.Add(slot.Index));
        Assert.Equal(slots.Length, left.Count);

        void Hold(PoolSlot<PoolWorld.FakeConnection>? slot, int by)
        {
            if (slot is not null)
                Assert.Equal(by == 1 ? 1 : 0, Interlocked.Add(ref users[slot.Index], by));
        }
    }

    private static async Task CallAsync(ServiceConnectionPool<PoolWorld.FakeConnection> pool, Random random, Action onRented, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource();
            if (random.Next(10) == 0)
                patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(3)));
            try
            {
                using var rented = await pool.RentAsync(patience.Token);
                onRented();
                await rented.Connection.UseAsync(async () =>
                {
                    if (random.Next(4) == 0)
                        await Task.Yield();
                    if (random.Next(50) == 0)
                        await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
                });
                switch (random.Next(40))
                {
                    case 0:
                        rented.Fail();
                        break;
                    case 1:
                        rented.Discard();
                        break;
                    case 2:
                        throw new InvalidCastException("a caller's own");
                }
            }
            catch (InvalidCastException)
            {
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
            }
            catch (ConnectionPoolException error) when (!error.Message.Contains("there was none within", StringComparison.Ordinal))
            {
                await Task.Yield();
            }
        }
    }

    private static async Task ChangeAsync(PoolWorld world, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            world.Set(Endpoints(random));
        }
    }

    // Always one that is ready; the others come, go, move, and are drained.
    private static Endpoint[] Endpoints(Random random) =>
    [
        PoolWorld.Endpoint("0"),
        .. Enumerable.Range(1, 5).Where(_ => random.Next(4) > 0).Select(i =>
            PoolWorld.Endpoint($"{i}", random.Next(4) == 0 ? EndpointState.Draining : EndpointState.Ready) with { Host = $"10.0.{random.Next(2)}.{i}" }),
    ];

    private static bool Chance(Random random, double of)
    {
        lock (random)
            return random.NextDouble() < of;
    }
}
