using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>How long a request counts as in flight.</summary>
public sealed class InFlightTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task AnswerWithoutABody_EndsWithTheHead(int status)
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var response = await GetHeadAsync(server);

        Assert.Equal(0, InFlight());
    }

    [Fact]
    public async Task ShortBodyThatBreaks_IsALostConnection()
    {
        var hasHead = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 2_000;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await hasHead.Task;
            context.Abort();
        });
        using var metrics = new Tries(_bench.Metrics);
        using var response = await GetHeadAsync(server);

        Assert.Equal(1, InFlight());
        hasHead.SetResult();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
        Assert.Equal(0, InFlight());
        Assert.Equal(1, metrics["rollcall.client.outcomes reset"]);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("copy")]
    [InlineData("synchronously")]
    [InlineData("dispose stream")]
    [InlineData("dispose response")]
    public async Task StreamedBody_EndsWhenItIsOverOrNotWanted(string how)
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        using var response = await GetHeadAsync(server);
        Assert.Equal(1, InFlight());
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Null(response.Content.Headers.ContentLength);

        switch (how)
        {
            case "read":
                var stream = await response.Content.ReadAsStreamAsync();
                Assert.Equal(5, await stream.ReadAsync(new byte[100]));
                Assert.Equal(1, InFlight());
                finish.SetResult();
                Assert.Equal(3, await Eventually.Within(stream.ReadAsync(new byte[100]).AsTask()));
                Assert.Equal(0, await Eventually.Within(stream.ReadAsync(new byte[100]).AsTask()));
                break;
            case "copy":
                finish.SetResult();
                Assert.Equal("beginend", await Eventually.Within(response.Content.ReadAsStringAsync()));
                break;
            case "synchronously":
                finish.SetResult();
                using (var reader = new StreamReader(response.Content.ReadAsStream()))
                    Assert.Equal("beginend", reader.ReadToEnd());
                break;
            case "dispose stream":
                await (await response.Content.ReadAsStreamAsync()).DisposeAsync();
                break;
            default:
                response.Dispose();
                break;
        }

        Assert.Equal(0, InFlight());
        finish.TrySetResult();
    }

    [Fact]
    public async Task StreamedBody_BreaksOff_Ends()
    {
        var breakOff = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("begin");
            await context.Response.Body.FlushAsync();
            await breakOff.Task;
            context.Abort();
        });
        using var response = await GetHeadAsync(server);
        breakOff.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => Eventually.Within(response.Content.ReadAsStringAsync()));

        Assert.Equal(0, InFlight());
    }

    [Fact]
    public async Task FailedTries_AreNotInFlight()
    {
        await using var resetting = BadServer.Resetting();
        await _bench.SetAsync(resetting.Endpoint("a"), new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()));
        using var client = _bench.Client();

        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.GetAsync("http://orders/")));

        Assert.Equal(0, InFlight());
    }

    [Fact]
    public async Task LeastRequests_OneServerStreams_NextRequestsGoToTheOther()
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        await using var other = await TestServer.StartAsync("ok");
        await _bench.SetAsync(server.Endpoint("a"), other.Endpoint("b"));
        using var client = _bench.Client(static options => options.Balancer = "least-requests");
        HttpResponseMessage? streaming = null;
        while (server.Requests == 0)
        {
            streaming?.Dispose();
            streaming = await Eventually.Within(client.GetAsync("http://orders/", HttpCompletionOption.ResponseHeadersRead));
        }

        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.Equal(1, server.Requests);
        finish.SetResult();
        streaming!.Dispose();
    }

    [Fact]
    public async Task TwoClientsOfOneService_ShareWhatTheyKnow()
    {
        var finish = new TaskCompletionSource();
        await using var server = await StreamAsync(finish.Task);
        await using var other = await TestServer.StartAsync("ok");
        await _bench.SetAsync(server.Endpoint("a"));
        using var first = _bench.Client();
        using var streaming = await Eventually.Within(first.GetAsync("http://orders/", HttpCompletionOption.ResponseHeadersRead));
        await _bench.SetAsync(server.Endpoint("a"), other.Endpoint("b"));
        using var second = _bench.Client(static options => options.Balancer = "least-requests");

        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(second.GetStringAsync("http://_http.orders/")));

        finish.SetResult();
    }

    private static Task<TestServer> StreamAsync(Task finish) => TestServer.StartAsync(async context =>
    {
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync("begin");
        await context.Response.Body.FlushAsync();
        await finish;
        await context.Response.WriteAsync("end");
    });

    private async Task<HttpResponseMessage> GetHeadAsync(TestServer server)
    {
        await _bench.SetAsync(server.Endpoint("a"));
        using var client = _bench.Client();
        var response = await Eventually.Within(client.GetAsync("http://orders/", HttpCompletionOption.ResponseHeadersRead));
        Assert.True((int)response.StatusCode < 400);
        return response;
    }

    private int InFlight() => _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!.Current!.Groups[0].Pick(PickContext.None).Endpoint.InFlight;
}
