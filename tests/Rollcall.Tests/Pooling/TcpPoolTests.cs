using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rollcall.Pooling;
using Rollcall.TestKit;

namespace Rollcall.Tests.Pooling;

/// <summary>Real sockets on the loopback, and pools as an application configures them.</summary>
public sealed class TcpPoolTests
{
    [Fact]
    public async Task FiveHundredConnections_AreOpenAtOnce_AndServeMoreCallersThanThereAreConnections()
    {
        await using var server = new EchoServer();
        await using var provider = Services(("Rollcall:Pools:echo:Service", $"static:///127.0.0.1:{server.Port},localhost:{server.Port}"), ("Rollcall:Pools:echo:MaxConnections", "500"), ("Rollcall:Pools:echo:MaxPerEndpoint", "500"));
        var pool = provider.GetRequiredKeyedService<ServiceConnectionPool<NetworkStream>>("echo");
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;

        var callers = Enumerable.Range(0, 700).Select(async i =>
        {
            using var rented = await pool.RentAsync();
            Interlocked.Increment(ref arrived);
            await all.Task;
            await EchoAsync(rented.Connection, (byte)i);
        }).ToArray();
        await Eventually.True(() => Volatile.Read(ref arrived) == 500 && pool.GetStatistics().Waiters == 200);
        all.SetResult();
        await Eventually.Within(Task.WhenAll(callers));

        var statistics = pool.GetStatistics();
        Assert.Equal((500L, 500, 0), (statistics.Opened, statistics.Connections.Idle, statistics.Waiters));
        Assert.True(statistics.Waits >= 200);
        await Eventually.Within(pool.DisposeAsync().AsTask());
        await Eventually.True(() => server.Open == 0);
    }

    [Fact]
    public async Task ServerThatSpeaksFirst_StaysWarm()
    {
        await using var server = new EchoServer(greeting: "RFB 003.008\n"u8.ToArray());
        await using var provider = Services(("Rollcall:Pools:echo:Service", $"127.0.0.1:{server.Port}"), ("Rollcall:Pools:echo:CheckInterval", "100ms"));
        var pool = provider.GetRequiredKeyedService<ServiceConnectionPool<NetworkStream>>("echo");
        await Eventually.True(() => pool.GetStatistics().Connections.Idle == 1);
        await Task.Delay(TimeSpan.FromSeconds(1.6), TimeProvider.System);

        using (var rented = await Eventually.Within(pool.RentAsync().AsTask()))
        {
            var greeting = new byte[12];
            await rented.Connection.ReadExactlyAsync(greeting);
            Assert.Equal("RFB 003.008\n"u8.ToArray(), greeting);
            await EchoAsync(rented.Connection, 7);
        }

        Assert.Equal((1L, 0L), (pool.GetStatistics().Opened, pool.GetStatistics().Failures));
    }

    [Fact]
    public async Task ServerClosesIdleConnections_NoneOfThemIsLent()
    {
        await using var server = new EchoServer();
        await using var provider = Services(("Rollcall:Pools:echo:Service", $"127.0.0.1:{server.Port}"));
        var pool = provider.GetRequiredKeyedService<ServiceConnectionPool<NetworkStream>>("echo");
        using (var rented = await Eventually.Within(pool.RentAsync().AsTask()))
            await EchoAsync(rented.Connection, 1);
        await Eventually.True(() => pool.GetStatistics().Connections.Idle >= 1);

        server.CloseAll();
        await Task.Delay(TimeSpan.FromSeconds(1.6), TimeProvider.System);

        for (var i = 0; i < 5; i++)
        {
            using var rented = await Eventually.Within(pool.RentAsync().AsTask());
            await EchoAsync(rented.Connection, (byte)i);
        }
    }

    [Fact]
    public async Task Ports_AreNamed_OrTheOnlyOne()
    {
        await using var server = new EchoServer();
        await using var provider = Services();
        var factory = provider.GetRequiredService<ServiceConnectionPoolFactory>();
        await using var unnamed = factory.CreateTcp("two-ports");
        await using var named = factory.CreateTcp("named", options => (options.Service, options.Port) = ("two-ports", "vnc"));

        foreach (var (pool, what) in new[] { (unnamed, "a single port; there are: http, vnc"), (named, "") })
        {
            var renting = Eventually.Within(pool.RentAsync().AsTask());
            var error = await Record.ExceptionAsync(() => renting);
            Assert.Contains(what.Length > 0 ? what : "none of its endpoints can be connected to", Assert.IsType<ConnectionPoolException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task UnknownService_SaysHowToNameIt()
    {
        await using var provider = Services();
        var error = Assert.Throws<ArgumentException>(() => provider.GetRequiredService<ServiceConnectionPoolFactory>().CreateTcp("nobody"));
        Assert.Contains("Rollcall:Services:nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_EverythingWrong_SaysEverythingAtOnce()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Rollcall:Pools:vnc:Balancer"] = "fastest",
            ["Rollcall:Pools:vnc:MaxConnections"] = "0",
            ["Rollcall:Pools:vnc:MaxPerEndpoint"] = "many",
            ["Rollcall:Pools:vnc:MinIdlePerEndpoint"] = "201",
            ["Rollcall:Pools:vnc:IdleTimeout"] = "0s",
            ["Rollcall:Pools:vnc:MaxLifetime"] = "9000d",
            ["Rollcall:Pools:vnc:CheckIntervall"] = "1s",
            ["Rollcall:Pools:vnc:ConnectTimeout"] = "25h",
            ["Rollcall:Pools:vnc:RentTimeout"] = "soon",
        });
        builder.Services.AddRollcallTcpPool("vnc");
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        string[] keys = ["Balancer is", "MaxConnections is 0", "MaxPerEndpoint is 'many'", "MinIdlePerEndpoint is 201", "IdleTimeout is", "MaxLifetime is", "CheckIntervall is no option", "ConnectTimeout is", "RentTimeout is 'soon'"];
        Assert.All(keys, key => Assert.Single(error.Failures, failure => failure.StartsWith($"Rollcall:Pools:vnc:{key}", StringComparison.Ordinal)));
        Assert.Equal(keys.Length, error.Failures.Count());
    }

    [Fact]
    public async Task Options_OfThePoolInTheContainer_AreReadAndChanged()
    {
        string[] keys = ["Service", "Port", "Balancer", "MaxConnections", "MaxPerEndpoint", "MinIdlePerEndpoint", "IdleTimeout", "MaxLifetime", "CheckInterval", "ConnectTimeout", "RentTimeout"];
        string[] values = ["127.0.0.1:9", "vnc", "random", "7", "5", "3", "11s", "12s", "13s", "14s", "15s"];
        await using var provider = Services([.. keys.Zip(values, static (key, value) => ($"Rollcall:Pools:other:{key}", value))]);

        ConnectionPoolOptions? read = null;
        await using var pool = provider.GetRequiredService<ServiceConnectionPoolFactory>().CreateTcp("other", options => read = options);

        Assert.Equal(("127.0.0.1:9", "vnc", "random"), (read!.Service, read.Port, read.Balancer));
        Assert.Equal((7, 5, 3), (read.MaxConnections, read.MaxPerEndpoint, read.MinIdlePerEndpoint));
        Assert.Equal("11 12 13 14 15", string.Join(" ", new[] { read.IdleTimeout, read.MaxLifetime, read.CheckInterval, read.ConnectTimeout, read.RentTimeout }.Select(static time => time.TotalSeconds)));
        var own = typeof(ConnectionPoolOptions).GetProperties().Where(static property => property.DeclaringType == typeof(ConnectionPoolOptions)).Select(static property => property.Name);
        Assert.Equal(own.Append("Balancer").Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal));
    }

    private static ServiceProvider Services(params (string Key, string Value)[] values)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "pool-two-ports.yaml");
        File.WriteAllText(file, "two:\n  - { id: a, host: 127.0.0.1, ports: { http: 1, vnc: 2 } }\n");
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new SettableConfiguration([.. values, ("Rollcall:Services:two-ports", $"file://{file}#two")]).Root)
            .AddRollcallTcpPool("echo")
            .BuildServiceProvider();
    }

    private static async Task EchoAsync(NetworkStream stream, byte value)
    {
        await stream.WriteAsync(new[] { value });
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal(value, answer[0]);
    }

    private sealed class EchoServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _clients = [];
        private readonly Task _accepting;
        private int _open;

        private readonly byte[] _greeting;

        public EchoServer(byte[]? greeting = null)
        {
            _greeting = greeting ?? [];
            _listener.Start(1024);
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Open => Volatile.Read(ref _open);

        public void CloseAll()
        {
            lock (_clients)
            {
                _clients.ForEach(static client => client.Dispose());
                _clients.Clear();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            CloseAll();
            await Eventually.Within(_accepting);
            _listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            var serving = new List<Task>();
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _open);
                    lock (_clients)
                        _clients.Add(client);
                    serving.Add(ServeAsync(client));
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                await Task.WhenAll(serving);
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    await stream.WriteAsync(_greeting);
                    var bytes = new byte[16];
                    int length;
                    while ((length = await stream.ReadAsync(bytes)) > 0)
                        await stream.WriteAsync(bytes.AsMemory(0, length));
                }
                catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
                {
                }
            }

            Interlocked.Decrement(ref _open);
        }
    }
}
