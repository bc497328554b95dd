using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Node.Live;
using Rollcall.Registry;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Live;

public sealed class HealthReaderTests : IAsyncDisposable
{
    private const string Fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

    private static readonly TimeSpan Age = TimeSpan.FromSeconds(30);

    private readonly VirtualTime _time = new();
    private readonly HealthReader _reader;
    private readonly List<TcpListener> _listeners = [];
    private readonly ConcurrentQueue<string> _changes = new();
    private readonly CancellationTokenSource _stop = new();

    public HealthReaderTests()
    {
        _reader = new HealthReader(_time, Age, NullLogger<HealthReader>.Instance) { Changed = _changes.Enqueue };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reader.StopAsync(CancellationToken.None);
        _reader.Dispose();
        foreach (var listener in _listeners)
            listener.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task An_instance_is_asked_again_after_its_interval_and_not_before()
    {
        var asked = 0;
        var service = Service("orders", Serve(Fine, () => Interlocked.Increment(ref asked)));
        await _reader.StartAsync(TestContext.Current.CancellationToken);

        _reader.Ask(service);
        await HeardAsync(service, 0);
        _time.Advance(Age - TimeSpan.FromSeconds(1));
        _reader.Ask(service);
        _time.Advance(TimeSpan.FromSeconds(1));
        _reader.Ask(service);
        await HeardAsync(service, 0);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_was_said_long_ago_does_not_count()
    {
        var service = Service("orders", Serve(Fine));
        await _reader.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(_reader.Ask(service));
        await HeardAsync(service, 0);

        _time.Advance(Age * 3);

        Assert.True(_reader.Ask(service));
        await HeardAsync(service, 0);
    }

    [Theory]
    [InlineData("{\"\\ud800aaaaaaaaaaaaaaaaaaaaaaaa\":1}")]
    [InlineData("{\"x\":\"\\ud800\"}")]
    [InlineData("\u0000")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task Nonsense_keeps_nobody_from_being_asked(string body)
    {
        var nonsense = Serve($"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)}\r\nConnection: close\r\n\r\n{body}");
        var service = Service("orders", [.. Enumerable.Repeat(nonsense, 40), Serve(Fine)]);
        await _reader.StartAsync(TestContext.Current.CancellationToken);

        _reader.Ask(service);

        await HeardAsync(service, 40);
        await HeardAsync(service, 0);
        Assert.Null(_reader.Of(service[0])!.Problem);
    }

    [Fact]
    public async Task A_service_whose_instances_all_hang_holds_up_no_other_and_is_asked_more_seldom()
    {
        var asked = 0;
        var silent = Serve(answer: null, () => Interlocked.Increment(ref asked));
        var hanging = Service("hanging", [.. Enumerable.Repeat(silent, 200)]);
        var fine = Service("fine", Serve(Fine));
        await _reader.StartAsync(TestContext.Current.CancellationToken);
        _reader.Ask(hanging);
        await Eventually.True(() => Volatile.Read(ref asked) == 16);
        _reader.Ask(fine);

        // One timeout later the workers are free once, and the other service has its turn.
        _time.Advance(TimeSpan.FromSeconds(2));
        await HeardAsync(fine, 0);

        var first = hanging.First(instance => _reader.Of(instance) is not null);
        Assert.Equal("no answer within 2s", _reader.Of(first)!.Problem);
        Assert.Equal(TimeSpan.FromSeconds(60), Backoff(1));
        Assert.Equal(TimeSpan.FromSeconds(240), Backoff(9));
    }

    [Fact]
    public async Task Many_answers_are_told_together()
    {
        var service = Service("orders", [.. Enumerable.Repeat(Serve(Fine), 50)]);
        await _reader.StartAsync(TestContext.Current.CancellationToken);
        _reader.Ask(service);
        for (var i = 0; i < 50; i++)
            await HeardAsync(service, i);
        Assert.Empty(_changes);

        _time.Advance(TimeSpan.FromMilliseconds(500));

        await Eventually.True(() => !_changes.IsEmpty);
        Assert.Equal(["orders"], _changes);
    }

    private static TimeSpan Backoff(int failures)
    {
        var entry = new HealthEntry(new InstanceKey("orders", "o-1"), "http://127.0.0.1:1/health");
        for (var i = 0; i < failures; i++)
            entry.End(new HealthReading(DateTimeOffset.UnixEpoch, "silent", null, null), answered: false, 0);
        return entry.Due(Age);
    }

    private Task HeardAsync(ImmutableArray<Instance> service, int index) =>
        Eventually.True(() => _reader.Of(service[index])?.At == _time.GetUtcNow());

    private static ImmutableArray<Instance> Service(string name, params int[] ports) =>
    [
        .. ports.Select((port, i) => new Instance
        {
            Registration = new InstanceRegistration { Service = name, Id = string.Create(CultureInfo.InvariantCulture, $"i-{i:000}"), Address = "127.0.0.1", Ports = new SmallMap<int>([new("health", port)]) },
            State = EndpointState.Ready,
            Since = DateTimeOffset.UnixEpoch,
            Revision = 1,
        }),
    ];

    // Answers every connection with this; null is silence.
    private int Serve(string? answer, Action? asked = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        _listeners.Add(listener);
        _ = AcceptAsync(listener, answer, asked);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AcceptAsync(TcpListener listener, string? answer, Action? asked)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                asked?.Invoke();
                if (answer is null)
                    continue;
                using (socket)
                {
                    await socket.ReceiveAsync(new byte[4096], _stop.Token);
                    await socket.SendAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
