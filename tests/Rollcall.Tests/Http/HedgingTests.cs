using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>A second try beside a slow first one.</summary>
public sealed class HedgingTests : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly HttpBench _bench = new();
    private readonly Tries _metrics;

    public HedgingTests() => _metrics = new Tries(_bench.Metrics);

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task SlowRead_IsSentToAnotherAndTheSlowTryIsCancelled(string method)
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync(static context => context.Response.WriteAsync(context.Request.Headers["X-Test"].ToString()));
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.HedgingDelay = Delay);
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/") { Headers = { { "X-Test", "told" } } };
        var trace = new RequestTrace();
        request.Options.Set(RollcallRequest.Trace, trace);

        var sending = client.SendAsync(request);
        await Eventually.True(() => slow.Connections == 1);
        Assert.False(sending.IsCompleted);
        await HedgeAsync(() => good.Requests == 1);
        using var response = await Eventually.Within(sending);

        Assert.Equal("told", await response.Content.ReadAsStringAsync());
        Assert.Same(request, response.RequestMessage);
        Assert.Equal(("b", 2), (trace.Endpoint!.Id, trace.Tries));
        Assert.Equal(1, _metrics["rollcall.client.hedges"]);
        await Eventually.True(() => _metrics["rollcall.client.outcomes cancelled"] == 1 && _bench.InFlight() == 0);
        Assert.Equal(0, _metrics["rollcall.client.outcomes timed-out"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SlowRead_WithNoRoomForAnother_GoesOn(bool perEndpoint)
    {
        var finish = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            await finish.Task;
            await context.Response.WriteAsync("slow");
        });
        await _bench.SetAsync(perEndpoint ? [slow.Endpoint("a")] : [slow.Endpoint("a"), slow.Endpoint("b")]);
        using var client = _bench.Client(options =>
        {
            (options.HedgingDelay, options.MaxQueue) = (Delay, 5);
            (options.MaxRequestsPerEndpoint, options.MaxRequests) = perEndpoint ? (1, 0) : (0, 1);
        });

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => slow.Requests == 1);
        var queued = client.GetStringAsync("http://orders/");
        for (var i = 0; i < 5; i++)
            _bench.Time.Advance(Delay);
        Assert.False(sending.IsCompleted);
        Assert.False(queued.IsCompleted);
        finish.SetResult();

        Assert.Equal("slow", await Eventually.Within(sending));
        Assert.Equal("slow", await Eventually.Within(queued));
        Assert.Equal(0, _metrics["rollcall.client.hedges"]);
        Assert.Equal(2, slow.Requests);
    }

    [Fact]
    public async Task SlowReadWithContentHeadersAndNoBody_IsSentToAnotherWithThem()
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync(static context => context.Response.WriteAsync($"{context.Request.ContentType} {context.Request.ContentLength}"));
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.HedgingDelay = Delay);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/") { Content = new ByteArrayContent([]) { Headers = { { "Content-Type", "text/plain" } } } };

        var sending = client.SendAsync(request);
        await Eventually.True(() => slow.Connections == 1);
        await HedgeAsync(() => good.Requests == 1);
        using var response = await Eventually.Within(sending);

        Assert.Equal("text/plain 0", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task SlowWrite_IsNotHedged(string method)
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.HedgingDelay = Delay);
        using var giveUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/");

        var sending = client.SendAsync(request, giveUp.Token);
        await Eventually.True(() => slow.Connections == 1);
        _bench.Time.Advance(Delay * 5);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));

        Assert.Equal((0, 0), (good.Requests, _metrics["rollcall.client.hedges"]));
    }

    [Fact]
    public async Task FirstFailsWhileTheHedgeIsUnderWay_TheHedgeAnswers()
    {
        var fail = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            await fail.Task;
            context.Response.StatusCode = 500;
        });
        await using var good = await TestServer.StartAsync(async context =>
        {
            await answer.Task;
            await context.Response.WriteAsync("ok");
        });
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.HedgingDelay = Delay);

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => slow.Requests == 1);
        await HedgeAsync(() => good.Requests == 1);
        fail.SetResult();
        await Eventually.True(() => _metrics["rollcall.client.outcomes error"] == 1);
        answer.SetResult();

        Assert.Equal("ok", await Eventually.Within(sending));
    }

    [Fact]
    public async Task BothFail_TheLastAnswerIsReturned()
    {
        await using var bad = await TestServer.StartAsync(static context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("sorry");
        });
        await _bench.SetAsync(bad.Endpoint("a"), bad.Endpoint("b"));
        using var client = _bench.Client(static options => options.HedgingDelay = Delay);

        using var response = await Eventually.Within(client.GetAsync("http://orders/"));

        Assert.Equal((HttpStatusCode.InternalServerError, "sorry", 2), (response.StatusCode, await response.Content.ReadAsStringAsync(), bad.Requests));
    }

    [Fact]
    public async Task BudgetUsedUp_IsNotHedged()
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => (options.HedgingDelay, options.RetryBudget, options.MinRetriesPerSecond) = (Delay, 0, 0));
        using var giveUp = new CancellationTokenSource();

        var sending = client.GetStringAsync("http://orders/", giveUp.Token);
        await Eventually.True(() => slow.Connections == 1);
        await HedgeAsync(() => _metrics["rollcall.client.refused retry-budget"] == 1);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));
        Assert.Equal(0, good.Requests);
    }

    [Fact]
    public async Task Quantile_HedgesWhatIsSlowerThanMost()
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(good.Endpoint("a"));
        using var client = _bench.Client(static options => (options.HedgingQuantile, options.HedgingDelay) = (0.95, TimeSpan.FromMilliseconds(1)));
        for (var i = 0; i < 100; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        await _bench.SetAsync(good.Endpoint("a") with { Priority = 1 }, slow.Endpoint("b"));

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => slow.Connections == 1);
        await _bench.Time.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));

        Assert.Equal("ok", await Eventually.Within(sending));
    }

    [Fact]
    public async Task Quantile_CountsTheTriesThatLost()
    {
        await using var slow = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        var options = new RollcallClientOptions();
        Configure(options);
        using var client = _bench.Client(Configure);
        for (var i = 0; i < 64; i++)
        {
            var sending = client.GetStringAsync("http://orders/");
            await HedgeAsync(() => sending.IsCompleted);
            Assert.Equal("ok", await Eventually.Within(sending));
        }

        // Every one of them would have taken longer than this.
        var service = _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!.Resilience(_bench.Context.Share(options.ToResilience()), null!);
        Assert.InRange(service.HedgeAfter(), Delay, TimeSpan.FromSeconds(1));
        Assert.True(service.Latency!.Current >= Delay, $"{service.Latency.Current}");

        static void Configure(RollcallClientOptions options)
        {
            (options.HedgingQuantile, options.HedgingDelay, options.MinRetriesPerSecond) = (0.5, Delay, 1_000);
            options.PerTryTimeout = TimeSpan.FromHours(1);
        }
    }

    // The try may be there before the time to the hedge has begun to run.
    private Task HedgeAsync(Func<bool> condition) => _bench.Time.AdvanceUntilAsync(condition, Delay / 2, TimeSpan.FromSeconds(1.5));
}
