using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebSockets;
using Rollcall.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>What health is told of an endpoint, and when: at the end of the body.</summary>
public sealed class OutcomeTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();
    private readonly Tries _metrics;

    public OutcomeTests() => _metrics = new Tries(_bench.Metrics);

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _bench.DisposeAsync();
    }

    public static TheoryData<int, string?, OutcomeKind, double?> Statuses => new()
    {
        { 200, null, OutcomeKind.Success, null },
        { 304, null, OutcomeKind.Success, null },
        { 404, null, OutcomeKind.Success, null },
        { 499, "5", OutcomeKind.Success, null },
        { 429, null, OutcomeKind.Throttled, null },
        { 429, "5", OutcomeKind.Throttled, 5 },
        { 503, "0", OutcomeKind.Throttled, 0 },
        { 503, "Sat, 01 Jan 2022 00:00:07 GMT", OutcomeKind.Throttled, 7 },
        { 503, "Fri, 31 Dec 2021 23:59:59 GMT", OutcomeKind.Throttled, 0 },
        { 503, null, OutcomeKind.GatewayError, null },
        { 502, "5", OutcomeKind.GatewayError, null },
        { 504, null, OutcomeKind.GatewayError, null },
        { 500, null, OutcomeKind.Error, null },
        { 501, null, OutcomeKind.Error, null },
        { 599, null, OutcomeKind.Error, null },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Of_Status_IsWhatItSays(int status, string? retryAfter, OutcomeKind kind, double? seconds)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        var time = new VirtualTime(new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var outcome = ResponseOutcome.Of(response, TimeSpan.FromSeconds(1), time);

        Assert.Equal(new RequestOutcome(kind, TimeSpan.FromSeconds(1), seconds is { } s ? TimeSpan.FromSeconds(s) : null), outcome);
    }

    [Fact]
    public async Task StreamedBody_ReportsAtItsEnd()
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        using var response = await GetHeadAsync(server);
        Assert.Equal(0, Learned());

        finish.SetResult();
        Assert.Equal("beginend", await Eventually.Within(response.Content.ReadAsStringAsync()));

        Assert.Equal((1, 1), (Learned(), Learned("success")));
    }

    [Fact]
    public async Task ErrorWithStreamedBody_ReportsItsStatusAtItsEnd()
    {
        await using var server = await TestServer.StartAsync(static async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("sorry");
            await context.Response.Body.FlushAsync();
        });
        await _bench.SetAsync(server.Endpoint("a"));
        using var client = _bench.Client(static options => options.MaxAttempts = 1);

        using var response = await Eventually.Within(client.GetAsync("http://orders/"));

        Assert.Equal((1, 1), (Learned(), Learned("error")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodyThatBreaks_IsAReset(bool buffered)
    {
        var breakOff = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("begin");
            await context.Response.Body.FlushAsync();
            await breakOff.Task;
            context.Abort();
        });
        await _bench.SetAsync(server.Endpoint("a"));
        using var client = _bench.Client();

        var reading = ReadAsync(client, buffered);
        await Eventually.True(() => _metrics["answered"] == 1);
        breakOff.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => Eventually.Within(reading));

        Assert.Equal((1, 1), (Learned(), Learned("reset")));
    }

    [Fact]
    public async Task ReceiverThatBreaks_IsNotTheEndpointsFault()
    {
        await using var server = await StreamAsync(Task.CompletedTask);
        using var response = await GetHeadAsync(server);

        await Assert.ThrowsAnyAsync<Exception>(() => Eventually.Within(response.Content.CopyToAsync(new BrokenStream())));

        Assert.Equal((1, 1), (Learned(), Learned("success")));
    }

    [Fact]
    public async Task CallerCancelsTheBody_IsCancelled()
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        using var response = await GetHeadAsync(server);
        using var giveUp = new CancellationTokenSource();
        var reading = response.Content.ReadAsStringAsync(giveUp.Token);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(reading));

        Assert.Equal((1, 1), (Learned(), Learned("cancelled")));
        finish.SetResult();
    }

    [Fact]
    public async Task CallerDisposesEarly_IsWhatWasSeen()
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        using (var response = await GetHeadAsync(server))
            Assert.Equal(5, await (await response.Content.ReadAsStreamAsync()).ReadAsync(new byte[10]));

        Assert.Equal((1, 1), (Learned(), Learned("success")));
        finish.SetResult();
    }

    [Fact]
    public async Task CallerCancelsBeforeTheHead_IsCancelled()
    {
        await using var frozen = BadServer.Frozen();
        await _bench.SetAsync(frozen.Endpoint("a"));
        using var client = _bench.Client();
        using var giveUp = new CancellationTokenSource();
        var sending = client.GetAsync("http://orders/", giveUp.Token);
        await Eventually.True(() => frozen.Connections == 1);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));

        Assert.Equal((1, 1), (Learned(), Learned("cancelled")));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task WebSocket_IsInFlightUntilItIsClosed(string version)
    {
        await using var server = await TestServer.StartAsync(EchoAsync, options => options.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await _bench.SetAsync(server.Endpoint("a"));
        using var invoker = new HttpMessageInvoker(_bench.Handler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await Eventually.Within(socket.ConnectAsync(new Uri("ws://orders/"), invoker, CancellationToken.None));
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await Eventually.Within(socket.ReceiveAsync(buffer, CancellationToken.None));
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal((0, 1), (Learned(), _bench.InFlight("ws")));

        await Eventually.Within(socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None));
        socket.Dispose();

        await Eventually.True(() => Learned() == 1);
        Assert.Equal((1, 0), (Learned("success"), _bench.InFlight("ws")));
    }

    [Fact]
    public async Task Trace_TellsTheEndpointAndTheTries()
    {
        await using var server = await TestServer.StartAsync("ok");
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), server.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/");
        var trace = new RequestTrace();
        request.Options.Set(RollcallRequest.Trace, trace);

        using var response = await Eventually.Within(client.SendAsync(request));

        Assert.Equal(("b", 2), (trace.Endpoint?.Id, trace.Tries));
    }

    private static Task<TestServer> StreamAsync(Task finish) => TestServer.StartAsync(async context =>
    {
        await context.Response.WriteAsync("begin");
        await context.Response.Body.FlushAsync();
        await finish;
        await context.Response.WriteAsync("end");
    });

    internal static async Task EchoAsync(HttpContext context)
    {
        var feature = new WebSocketMiddleware(
            async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[1024];
                while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } message)
                    await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            },
            Microsoft.Extensions.Options.Options.Create(new WebSocketOptions()),
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await feature.Invoke(context);
    }

    private static async Task<string> ReadAsync(HttpClient client, bool buffered)
    {
        using var response = await client.GetAsync("http://orders/", buffered ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> GetHeadAsync(TestServer server)
    {
        await _bench.SetAsync(server.Endpoint("a"));
        using var client = _bench.Client();
        return await Eventually.Within(client.GetAsync("http://orders/", HttpCompletionOption.ResponseHeadersRead));
    }

    private long Learned(string kind) => _metrics[$"rollcall.client.outcomes {kind}"];

    private long Learned() => _metrics.Keys.Where(static key => key.StartsWith("rollcall.client.outcomes", StringComparison.Ordinal)).Sum(key => _metrics[key]);

    private sealed class BrokenStream : MemoryStream
    {
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw new IOException("disk full");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("disk full");
    }
}
