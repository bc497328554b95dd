using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollcall.Health;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class ProtocolTests
{
    [Fact]
    public async Task A_WebSocket_talks_through_the_gateway_and_survives_a_reload()
    {
        await using var backEnd = await TestBackEnd.StartAsync(EchoAsync);
        await using var gateway = await TestGateway.StartAsync($"default: {backEnd.Target}");
        using var socket = new ClientWebSocket();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Client.BaseAddress!.Port}/chat"), limit.Token);

        Assert.Equal("one", await SayAsync(socket, "one", limit.Token));
        await File.WriteAllTextAsync(gateway.File, "default: static:///127.0.0.1:1", limit.Token);
        await Eventually.True(() => gateway.Host.Routes.Current.Clusters.ContainsKey("static:///127.0.0.1:1"));

        Assert.Equal("two", await SayAsync(socket, "two", limit.Token));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("accessLog: { file: \"-\" }")]
    public async Task A_call_that_its_server_ends_early_ends_for_the_client_as_well(string accessLog)
    {
        await using var backEnd = await TestBackEnd.StartAsync(
            static context =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.AppendTrailer("grpc-status", "16");
                return Task.CompletedTask;
            },
            HttpProtocols.Http2);
        await using var gateway = await TestGateway.StartAsync(
            $$"""
            {{accessLog}}
            clusters:
              greeter: { target: "{{backEnd.Target}}", protocol: http2 }
            default: greeter
            """,
            urls: "h2c://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = gateway.Client.BaseAddress };
        var body = new StreamedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/greeter.Greeter/Chat")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body, Headers = { TE = { new("trailers") } },
        };
        request.Content.Headers.ContentType = new("application/grpc");

        // The client has not ended its side. Its head is not sent before it is told to.
        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await (await Eventually.Within(body.Stream.Task)).FlushAsync();
        using var response = await Eventually.Within(sending);
        await using var responseStream = await response.Content.ReadAsStreamAsync();
        Assert.Equal(0, await Eventually.Within(responseStream.ReadAsync(new byte[16]).AsTask()));
        Assert.Equal("16", response.TrailingHeaders.GetValues("grpc-status").Single());
        body.End();
    }

    [Fact]
    public async Task Streams_and_trailers_pass_as_gRPC_needs_them()
    {
        await using var backEnd = await TestBackEnd.StartAsync(GrpcAsync, HttpProtocols.Http2);
        await using var gateway = await TestGateway.StartAsync(
            $$"""
            clusters:
              greeter: { target: "{{backEnd.Target}}", protocol: http2 }
            default: greeter
            """,
            urls: "h2c://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = gateway.Client.BaseAddress };
        var body = new StreamedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/greeter.Greeter/Chat")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body, Headers = { TE = { new("trailers") } },
        };
        request.Content.Headers.ContentType = new("application/grpc");

        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var requestStream = await Eventually.Within(body.Stream.Task);
        await requestStream.WriteAsync("a"u8.ToArray());
        await requestStream.FlushAsync();
        using var response = await Eventually.Within(sending);
        await using var responseStream = await response.Content.ReadAsStreamAsync();

        // Each message is answered before the next is sent: nothing is held back on the way.
        var buffer = new byte[16];
        Assert.Equal("a", Encoding.ASCII.GetString(buffer, 0, await Eventually.Within(responseStream.ReadAsync(buffer).AsTask())));
        await requestStream.WriteAsync("b"u8.ToArray());
        await requestStream.FlushAsync();
        Assert.Equal("b", Encoding.ASCII.GetString(buffer, 0, await Eventually.Within(responseStream.ReadAsync(buffer).AsTask())));
        body.End();
        Assert.Equal(0, await Eventually.Within(responseStream.ReadAsync(buffer).AsTask()));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_request_that_takes_longer_than_its_route_allows_is_told_so()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var gateway = await TestGateway.StartAsync($$"""default: { to: "{{backEnd.Target}}", timeout: 200ms }""");

        using var answer = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("did not answer in time", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_longer_than_its_route_allows_is_refused()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static async context => await context.Request.Body.CopyToAsync(Stream.Null));
        await using var gateway = await TestGateway.StartAsync($$"""default: { to: "{{backEnd.Target}}", maxBodyBytes: 1000 }""");

        using var fits = await gateway.Client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[1000]));
        using var tooLong = await gateway.Client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[1001]));

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
    }

    [Fact]
    public async Task A_clients_bad_body_is_its_own_fault_and_no_endpoints()
    {
        static async Task ReadAsync(HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null);
        await using var one = await TestBackEnd.StartAsync(ReadAsync);
        await using var two = await TestBackEnd.StartAsync(ReadAsync);
        await using var three = await TestBackEnd.StartAsync(ReadAsync);
        await using var gateway = await TestGateway.StartAsync(
            $$"""default: { to: "static:///127.0.0.1:{{one.Url.Port}},127.0.0.1:{{two.Url.Port}},127.0.0.1:{{three.Url.Port}}", maxBodyBytes: 1000 }""");

        for (var i = 0; i < 60; i++)
        {
            using var unannounced = new HttpRequestMessage(HttpMethod.Post, new Uri("/", UriKind.Relative)) { Content = new ByteArrayContent(new byte[1001]), Headers = { TransferEncodingChunked = true } };
            using var tooLongAfterAll = await gateway.Client.SendAsync(unannounced);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, true), (tooLongAfterAll.StatusCode, tooLongAfterAll.Headers.ConnectionClose));
        }

        // However often: nobody is ejected for it.
        var endpoints = gateway.Host.Routes.Current.Clusters.Values.Single().Health.Endpoints;
        Assert.Equal(3, endpoints.Length);
        Assert.DoesNotContain(endpoints, ServiceHealth.IsAvoided);
    }

    [Fact]
    public async Task Limits_hold_for_what_routes_say_nothing_of_and_follow_the_file()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static async context => await context.Request.Body.CopyToAsync(Stream.Null));
        await using var gateway = await TestGateway.StartAsync($"limits: {{ maxBodyBytes: 10 }}\ndefault: {backEnd.Target}");

        using var before = await gateway.Client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[11]));
        await File.WriteAllTextAsync(gateway.File, $"limits: {{ maxBodyBytes: 11, maxHeaderBytes: 2000 }}\ndefault: {backEnd.Target}");
        await gateway.ReloadAsync();
        using var after = await gateway.Client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[11]));
        gateway.Client.DefaultRequestHeaders.Add("x-long", new string('x', 2000));
        using var longHead = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, before.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, longHead.StatusCode);
    }

    [Fact]
    public async Task Forwarded_headers_are_the_gateways_own_unless_the_proxy_is_trusted()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static context => context.Response.WriteAsync(
            $"{context.Request.Headers["X-Forwarded-For"]} {context.Request.Headers["X-Forwarded-Proto"]} {context.Request.Headers["X-Forwarded-Host"]}"));
        await using var strict = await TestGateway.StartAsync($"default: {backEnd.Target}");
        await using var trusting = await TestGateway.StartAsync($"trustedProxies: [127.0.0.1]\ndefault: {backEnd.Target}");
        foreach (var gateway in new[] { strict, trusting })
        {
            gateway.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
            gateway.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            gateway.Client.DefaultRequestHeaders.Add("X-Forwarded-Host", "shop.example");
        }

        Assert.Equal($"127.0.0.1 http {strict.Client.BaseAddress!.Authority}", await strict.GetAsync("/"));
        Assert.Equal("192.0.2.7 https shop.example", await trusting.GetAsync("/"));
    }

    [Theory]
    [InlineData("Append", "127.0.0.1 http HOST  ")]
    [InlineData("Off", "    ")]
    [InlineData("Remove", "    ")]
    public async Task What_a_peer_that_is_not_trusted_claims_is_dropped_whatever_the_transforms_say(string action, string expected)
    {
        string[] names = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Port"];
        await using var backEnd = await TestBackEnd.StartAsync(context => context.Response.WriteAsync(string.Join(' ', names.Select(name => context.Request.Headers[name].ToString()))));
        await using var gateway = await TestGateway.StartAsync($$"""default: { to: "{{backEnd.Target}}", transforms: [{ X-Forwarded: {{action}} }] }""");
        foreach (var name in names)
            gateway.Client.DefaultRequestHeaders.Add(name, "192.0.2.7");

        Assert.Equal(expected.Replace("HOST", gateway.Client.BaseAddress!.Authority, StringComparison.Ordinal), await gateway.GetAsync("/"));
    }

    private static async Task<string> SayAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellationToken);
        var buffer = new byte[64];
        var got = await socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } got)
            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, true, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static async Task GrpcAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        var buffer = new byte[64];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>A body that a test writes bit by bit.</summary>
    private sealed class StreamedContent : HttpContent
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Stream> Stream { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End() => _end.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Stream.SetResult(stream);
            return _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
