using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Pooling;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Tests.Pooling;

/// <summary>A pool of connections that the test opens, breaks and counts, over a source that it plays.</summary>
internal sealed class PoolWorld : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly ConcurrentBag<FakeConnection> _all = [];
    private int _open;
    private int _mostOpen;
    private readonly ConcurrentDictionary<string, int> _openTo = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _mostOpenTo = new(StringComparer.Ordinal);

    public PoolWorld(Action<ConnectionPoolOptions>? configure = null, TimeProvider? time = null, params (string Key, string Value)[] values)
    {
        var clock = time ?? Time;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new SettableConfiguration(values).Root);
        services.AddSingleton(clock);
        services.AddSingleton<IDiscoverySource>(Source = new FakeSource(clock));
        services.AddRollcall(static options => options.Services["orders"] = "fake:///orders");
        services.AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(Meters);
        _provider = services.BuildServiceProvider();
        Factory = _provider.GetRequiredService<ServiceConnectionPoolFactory>();
        Pool = Factory.Create<FakeConnection>("orders", new() { ConnectAsync = ConnectAsync, CheckAsync = CheckAsync, IsUsable = static connection => !connection.IsDead }, options =>
        {
            (options.MinIdlePerEndpoint, options.Balancer) = (0, "round-robin");
            configure?.Invoke(options);
        });
    }

    public VirtualTime Time { get; } = new();

    public FakeSource Source { get; }

    public MeterRecorder Meters { get; } = new();

    public ServiceConnectionPoolFactory Factory { get; }

    public ServiceConnectionPool<FakeConnection> Pool { get; }

    /// <summary>What happens before a connection is made; throws when there is to be none.</summary>
    public Func<Endpoint, CancellationToken, Task> Connecting { get; set; } = static (_, _) => Task.CompletedTask;

    public Func<FakeConnection, CancellationToken, Task<bool>> Checking { get; set; } = static (connection, _) => Task.FromResult(!connection.IsDead);

    public Func<FakeConnection, Task> Closing { get; set; } = static _ => Task.CompletedTask;

    /// <summary>All that were ever opened.</summary>
    public IReadOnlyCollection<FakeConnection> All => _all;

    public int Open => Volatile.Read(ref _open);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public int MostOpenToOne => _mostOpenTo.Values.DefaultIfEmpty().Max();

    public static Endpoint Endpoint(string id, EndpointState state = EndpointState.Ready) => new(id, $"10.0.0.{id}", 5900) { State = state };

    public void Set(params Endpoint[] endpoints) => Source.Set(endpoints);

    public Task<PooledConnection<FakeConnection>> RentAsync(CancellationToken cancellationToken = default) =>
        Eventually.Within(Pool.RentAsync(cancellationToken).AsTask());

    /// <summary>Rents, lets somebody else fall behind in time, and returns it.</summary>
    public async Task<FakeConnection> UseAsync()
    {
        using var rented = await RentAsync();
        return rented.Connection;
    }

    /// <summary>Keeps requests away from an endpoint, for ever.</summary>
    public void Avoid(string id) => Volatile.Write(ref Load(id).Avoidance, new(AvoidReason.Silent, "the test's own", Time.GetUtcNow(), DateTimeOffset.MaxValue, long.MaxValue, 1));

    public EndpointLoad Load(string id) => Pool.Selection!.Items.Single(item => item.Endpoint.Endpoint.Id == id).Endpoint.Load;

    /// <summary>Moves the clock until it is so, at most 2 minutes.</summary>
    public Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerMemberName] string caller = "") =>
        Time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(2), caller);

    /// <summary>Lets the pool's loops do what they have to, without moving the clock.</summary>
    public static Task SoonAsync(Func<bool> condition) => Eventually.True(condition);

    public async ValueTask DisposeAsync()
    {
        await Eventually.Within(Pool.DisposeAsync().AsTask());
        await _provider.DisposeAsync();
    }

    private async ValueTask<FakeConnection> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        await Connecting(endpoint, cancellationToken);
        var connection = new FakeConnection(endpoint, this);
        _all.Add(connection);
        Raise(ref _mostOpen, Interlocked.Increment(ref _open));
        var to = _openTo.AddOrUpdate(connection.Place, 1, static (_, count) => count + 1);
        _mostOpenTo.AddOrUpdate(connection.Place, to, (_, most) => Math.Max(most, to));
        return connection;
    }

    private async ValueTask<bool> CheckAsync(FakeConnection connection, CancellationToken cancellationToken)
    {
        Assert.False(connection.IsClosed);
        Interlocked.Increment(ref connection.Checks);
        return await Checking(connection, cancellationToken);
    }

    private static void Raise(ref int most, int now)
    {
        int before;
        while ((before = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, before) != before)
        {
        }
    }

    internal sealed class FakeConnection(Endpoint endpoint, PoolWorld world) : IAsyncDisposable
    {
        private int _closed;
        private int _users;

        /// <summary>How often it was checked.</summary>
        public int Checks;

        public Endpoint Endpoint { get; } = endpoint;

        public string Place => $"{Endpoint.Id} {Endpoint.Host}";

        public bool IsClosed => Volatile.Read(ref _closed) != 0;

        public bool IsDead { get; set; }

        /// <summary>Uses it for a while; fails when anybody else does at the same time, or when it is closed.</summary>
        public async Task UseAsync(Func<Task> work)
        {
            Assert.Equal(1, Interlocked.Increment(ref _users));
            Assert.False(IsClosed, "A closed connection was lent.");
            await work();
            Assert.False(IsClosed, "A rented connection was closed.");
            Assert.Equal(0, Interlocked.Decrement(ref _users));
        }

        public async ValueTask DisposeAsync()
        {
            Assert.Equal(0, Interlocked.Exchange(ref _closed, 1));
            await world.Closing(this);
            world._openTo.AddOrUpdate(Place, 0, static (_, count) => count - 1);
            Interlocked.Decrement(ref world._open);
        }
    }
}
