using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>Connections by the name of a service, for those with a handler of their own.</summary>
public sealed class ConnectorTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();
    private readonly HttpClient _client;

    public ConnectorTests() => _client = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = new RollcallConnector(_bench.Context, new RollcallClientOptions { Balancer = HttpBench.Settings.Policy }).ConnectAsync,
    });

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _bench.DisposeAsync();
    }

    [Fact]
    public async Task Service_IsConnectedToAndKeepsItsNameAsHost()
    {
        await using var server = await TestServer.StartAsync(static context => context.Response.WriteAsync(context.Request.Host.Value!));
        await _bench.SetAsync(server.Endpoint("a"));

        Assert.Equal("orders", await Eventually.Within(_client.GetStringAsync("http://orders/")));

        // For as long as the connection is open.
        Assert.Equal(1, _bench.InFlight());
        _client.Dispose();
        await Eventually.True(() => _bench.InFlight() == 0);
    }

    [Fact]
    public async Task OtherHost_IsLeftAlone()
    {
        await using var server = await TestServer.StartAsync("ok");

        Assert.Equal("ok", await Eventually.Within(_client.GetStringAsync($"http://localhost:{server.Port}/")));
    }

    [Fact]
    public async Task Unreachable_TheNextIsConnectedToAndTheOthersKnow()
    {
        await using var server = await TestServer.StartAsync("ok");
        using var metrics = new Tries(_bench.Metrics);
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), server.Endpoint("b") with { Priority = 1 });

        Assert.Equal("ok", await Eventually.Within(_client.GetStringAsync("http://orders/")));
        Assert.Equal("ok", await Eventually.Within(_bench.Client().GetStringAsync("http://orders/")));

        Assert.Equal(1, metrics["rollcall.client.outcomes unreachable"]);
    }

    [Fact]
    public async Task NobodyReachable_NamesEveryOne()
    {
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(_client.GetStringAsync("http://orders/")));

        Assert.Contains("Connecting to http://orders failed on each of 2 tries. ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoker_WebSocketByName_IsConnected()
    {
        await using var server = await TestServer.StartAsync(OutcomeTests.EchoAsync);
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), server.Endpoint("b") with { Priority = 1 });
        using var invoker = new RollcallInvoker(_bench.Context, new RollcallClientOptions());
        using var socket = new ClientWebSocket();

        await Eventually.Within(socket.ConnectAsync(new Uri("ws://orders/"), invoker, CancellationToken.None));
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await Eventually.Within(socket.ReceiveAsync(buffer, CancellationToken.None));

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }
}
