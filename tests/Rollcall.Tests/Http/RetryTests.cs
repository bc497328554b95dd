using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>What happens to a request when its endpoint fails, over real sockets.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    public static TheoryData<string, Func<HttpContent?>> AnyRequest => new()
    {
        { "GET", static () => null },
        { "POST", static () => null },
        { "POST", static () => new StringContent("body") },
        { "PATCH", static () => new StreamContent(new NotSeekableStream("body"u8.ToArray())) },
    };

    [Theory]
    [MemberData(nameof(AnyRequest))]
    public async Task Refused_AnyMethodAndBody_IsSentElsewhere(string method, Func<HttpContent?> content)
    {
        await using var good = await TestServer.StartAsync(EchoAsync);
        await _bench.SetAsync(
            new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()),
            new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()),
            good.Endpoint("c"));
        using var client = _bench.Client();

        for (var i = 0; i < 6; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/x") { Content = content() };
            using var response = await Eventually.Within(client.SendAsync(request));

            Assert.Equal(content() is null ? "" : "body", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(6, good.Requests);
    }

    [Fact]
    public async Task RedirectToSomebodyWhoIsNotThere_IsNotTheEndpointsFault()
    {
        await using var server = await TestServer.StartAsync(static context =>
        {
            context.Response.Redirect($"http://127.0.0.1:{BadServer.RefusingPort()}/");
            return Task.CompletedTask;
        });
        await _bench.SetAsync(server.Endpoint("a"), server.Endpoint("b"));
        using var client = _bench.Client();

        await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.PostAsync("http://orders/", null)));

        Assert.Equal(1, server.Requests);
        Assert.Equal("a b", string.Join(' ', _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!.Health.Endpoints.Where(static endpoint => endpoint.Load.Avoidance is null).Select(static endpoint => endpoint.Endpoint.Id)));
    }

    [Fact]
    public async Task Refused_MoreEndpointsThanAttempts_IsSentToTheOneThatWorks()
    {
        await using var good = await TestServer.StartAsync("ok");
        var dead = Enumerable.Range(0, 9).Select(static i => new Endpoint($"a{i}", "127.0.0.1", BadServer.RefusingPort()));
        await _bench.SetAsync([.. dead, good.Endpoint("b")]);
        using var client = _bench.Client(static options => options.MaxAttempts = 1);

        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
    }

    [Fact]
    public async Task Refused_Always_AsksTheSourceToLookSooner()
    {
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client();

        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.Equal(1, _bench.Source.Refreshed);
    }

    [Fact]
    public async Task Refused_Everywhere_SaysWhatWasTried()
    {
        await _bench.SetAsync(
            new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()),
            new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()));
        using var client = _bench.Client();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.GetAsync("http://orders/")));

        Assert.StartsWith("GET http://orders failed on each of 2 tries.", error.Message, StringComparison.Ordinal);
        Assert.Contains("a (http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not be reached: Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
    }

    [Fact]
    public async Task Refused_OnlyEndpoint_IsTheErrorItself()
    {
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()));
        using var client = _bench.Client();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.GetAsync("http://orders/")));

        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task Refused_NextRequests_AvoidTheEndpointForAWhile()
    {
        await using var good = await TestServer.StartAsync("ok");
        using var metrics = new Tries(_bench.Metrics);
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), good.Endpoint("b"));
        using var client = _bench.Client();

        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        Assert.Equal(1, metrics["unreachable"]);

        // One request finds out that nothing has changed, the others need not.
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        Assert.Equal(2, metrics["unreachable"]);

        // Twice as long as before.
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        Assert.Equal(2, metrics["unreachable"]);
    }

    [Fact]
    public async Task ConnectTimeout_Post_IsSentElsewhere()
    {
        // A listener with a full backlog drops further connections without a word, as a dead machine does.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var address = (IPEndPoint)full.LocalEndPoint!;
        List<Socket> fillers = [];
        for (var i = 0; i < 4; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            fillers.Add(filler);
            Assert.True(filler.ConnectAsync(new SocketAsyncEventArgs { RemoteEndPoint = address }) || filler.Connected);
        }

        await using var good = await TestServer.StartAsync(EchoAsync);
        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", address.Port), good.Endpoint("b"));
        using var client = _bench.Client();

        for (var i = 0; i < 2; i++)
        {
            using var response = await Eventually.Within(client.PostAsync("http://orders/", new StringContent("body")));
            Assert.Equal("body", await response.Content.ReadAsStringAsync());
        }

        fillers.ForEach(static filler => filler.Dispose());
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("TRACE", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    public async Task Reset_OnlyIdempotentMethods_AreSentAgain(string method, bool isSentAgain)
    {
        await using var bad = BadServer.Resetting();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b"));

        var failures = await SendTwiceAsync(new HttpMethod(method), static () => null);

        Assert.True(bad.Connections >= 1);
        Assert.Equal(isSentAgain ? 0 : 1, failures);
    }

    [Fact]
    public async Task Http2StreamAborted_Get_IsSentAgain()
    {
        await using var bad = await TestServer.StartAsync(
            static context =>
            {
                context.Abort();
                return Task.CompletedTask;
            },
            static options => options.Protocols = HttpProtocols.Http2);
        await using var good = await TestServer.StartAsync(static context => context.Response.WriteAsync(context.Request.Protocol), static options => options.Protocols = HttpProtocols.Http2);
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        for (var i = 0; i < 4; i++)
            Assert.Equal("HTTP/2", await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.True(bad.Requests >= 1);
    }

    [Fact]
    public async Task HandshakeFails_Post_IsSentElsewhere()
    {
        using var key = RSA.Create(2048);
        var self = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = self.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var plain = await TestServer.StartAsync("in the clear");
        await using var encrypted = await TestServer.StartAsync(EchoAsync, options => options.UseHttps(certificate));
        await _bench.SetAsync(plain.Endpoint("a"), encrypted.Endpoint("b"));
        using var client = _bench.Client(inner: new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, offered, _, _) => offered!.GetCertHashString() == certificate.GetCertHashString() } });

        for (var i = 0; i < 2; i++)
        {
            using var response = await Eventually.Within(client.PostAsync("https://orders/", new StringContent("body")));
            Assert.Equal("body", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(0, plain.Requests);
    }

    [Fact]
    public async Task ConnectionClosedWithoutAnswer_Get_IsSentAgain()
    {
        await using var bad = BadServer.Hanging();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b"));

        Assert.Equal(0, await SendTwiceAsync(HttpMethod.Get, static () => null));
        Assert.True(bad.Connections >= 1);
    }

    public static TheoryData<Func<HttpContent>, bool> Bodies => new()
    {
        { static () => new StringContent("body"), true },
        { static () => new ByteArrayContent("body"u8.ToArray()), true },
        { static () => new ReadOnlyMemoryContent("body"u8.ToArray()), true },
        { static () => new FormUrlEncodedContent([KeyValuePair.Create("body", "")]), true },
        { static () => JsonContent.Create("body"), true },
        { static () => JsonContent.Create(Once()), false },
        { static () => new MultipartContent { new StringContent("body") }, true },
        { static () => new MultipartContent { new StreamContent(new NotSeekableStream("body"u8.ToArray())) }, false },
        { static () => new StreamContent(new NotSeekableStream("body"u8.ToArray())), false },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Reset_OnlyBodiesThatCanBeSentAgain_Are(Func<HttpContent> content, bool isSentAgain)
    {
        await using var bad = BadServer.Resetting();
        await using var good = await TestServer.StartAsync(EchoAsync);
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b"));

        var failures = await SendTwiceAsync(HttpMethod.Put, content, "body");

        Assert.Equal(isSentAgain ? 0 : 1, failures);
        Assert.Equal(isSentAgain ? 2 : 1, good.Requests);
    }

    [Fact]
    public async Task Reset_EverywhereAndAlways_EndsAfterMaxAttempts()
    {
        await using var a = BadServer.Resetting();
        await using var b = BadServer.Resetting();
        await _bench.SetAsync(a.Endpoint("a"), b.Endpoint("b"));
        using var client = _bench.Client(static options => options.MaxAttempts = 4);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.GetAsync("http://orders/")));

        Assert.StartsWith("GET http://orders failed on each of 4 tries.", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, a.Connections + b.Connections);
    }

    private static async IAsyncEnumerable<KeyValuePair<string, int>> Once()
    {
        await Task.Yield();
        yield return KeyValuePair.Create("body", 1);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        await context.Response.WriteAsync(body.Contains("body", StringComparison.Ordinal) ? "body" : body);
    }

    // Round robin over two endpoints: one of the two requests meets the bad one first.
    private async Task<int> SendTwiceAsync(HttpMethod method, Func<HttpContent?> content, string? expected = null)
    {
        using var client = _bench.Client();
        var failures = 0;
        for (var i = 0; i < 2; i++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, "http://orders/x") { Content = content() };
                using var response = await Eventually.Within(client.SendAsync(request));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                if (expected is not null)
                    Assert.Equal(expected, await response.Content.ReadAsStringAsync());
            }
            catch (HttpRequestException)
            {
                failures++;
            }
        }

        return failures;
    }
}
