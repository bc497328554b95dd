using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>What is given to a node fails: it goes on, or says that it does not.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task What_a_listener_of_the_metrics_throws_stays_with_it()
    {
        using var meters = new ThrowingMeters();
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", meters: meters);
        var second = await cluster.StartAsync("b", meters: meters);
        await Eventually.Within(second.JoinAsync([first.EndPoint!.ToString()]));
        await second.UpdateMetadataAsync("news"u8.ToArray()); // arrives by datagrams alone
        await Eventually.True(() => TestCluster.Metadata(first, "b") == "news");
        Assert.Equal(2, cluster.Log.Of(LogLevel.Warning).Count(static line => line.StartsWith("A listener of the metrics", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_logger_throws_stays_with_it()
    {
        await using var first = new GossipNode(TestCluster.Options("a"), logger: new ThrowingLogger());
        await using var second = new GossipNode(TestCluster.Options("b"), logger: new ThrowingLogger());
        await Eventually.Within(first.StartAsync());
        await Eventually.Within(second.StartAsync());
        await Eventually.Within(second.JoinAsync([first.EndPoint!.ToString()]));
        await second.UpdateMetadataAsync("news"u8.ToArray());
        await Eventually.True(() => TestCluster.Metadata(first, "b") == "news");
    }

    [Fact]
    public async Task A_node_that_has_ended_by_a_failure_says_so_to_all_who_use_it()
    {
        var time = new FailingTime();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", time: time);
        await using var events = node.WatchAsync().GetAsyncEnumerator();
        await using var messages = node.ReadMessagesAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(events.MoveNextAsync().AsTask()));
        time.TimersFail = true;
        Assert.Equal("no timer", (await Assert.ThrowsAsync<InvalidOperationException>(() => Eventually.Within(EndAsync(events)))).InnerException?.Message);
        Assert.Equal("no timer", (await Assert.ThrowsAsync<InvalidOperationException>(() => Eventually.Within(EndAsync(messages)))).InnerException?.Message);
        Assert.Equal("no timer", (await Assert.ThrowsAsync<InvalidOperationException>(() => Eventually.Within(node.BroadcastAsync(new byte[1])))).InnerException?.Message);
        Assert.Contains(cluster.Log.Of(LogLevel.Error), static line => line.StartsWith("The loop of the protocol", StringComparison.Ordinal));
        // To the others it is gone: nothing of it listens any more.
        await Eventually.True(() => IsFree(node.EndPoint!));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_socket_behind()
    {
        var time = new FailingTime { TimersFail = true };
        var options = TestCluster.Options("a");
        options.Bind = new(IPAddress.Loopback, FreePorts.Take());
        await using var node = new GossipNode(options, time: time);
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.StartAsync());
        Assert.True(IsFree(options.Bind));
        time.TimersFail = false;
        await Eventually.Within(node.StartAsync());
        Assert.Equal(options.Bind, node.EndPoint);
    }

    private static async Task EndAsync<T>(IAsyncEnumerator<T> source)
    {
        while (await source.MoveNextAsync())
        {
            // Until it ends.
        }
    }

    private static bool IsFree(IPEndPoint endPoint)
    {
        try
        {
            Bound(endPoint).Dispose();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static System.Net.Sockets.Socket Bound(IPEndPoint endPoint)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ThrowingMeters : IMeterFactory
    {
        private readonly MeterListener _listener = new();
        private readonly List<Meter> _meters = [];

        public ThrowingMeters()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, this))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("no listener"));
            _listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("no listener"));
            _listener.Start();
        }

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose()
        {
            _listener.Dispose();
            foreach (var meter in _meters)
                meter.Dispose();
        }
    }

    private sealed class ThrowingLogger : ILogger<GossipNode>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("no log");
    }

    private sealed class FailingTime : TimeProvider
    {
        public bool TimersFail { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            TimersFail ? throw new InvalidOperationException("no timer") : new FailingTimer(this, System.CreateTimer(callback, state, dueTime, period));

        private sealed class FailingTimer(FailingTime time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => time.TimersFail ? throw new InvalidOperationException("no timer") : timer.Change(dueTime, period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
