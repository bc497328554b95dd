using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>Endpoints that accept a request and do not answer: real sockets, virtual time for our own timers.</summary>
public sealed class SilenceTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly HttpBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Frozen_Get_IsSentElsewhereAfterThePerTryTimeout()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b"));
        using var metrics = new Tries(_bench.Metrics);
        using var client = _bench.Client();

        var sending = new[] { client.GetStringAsync("http://orders/1"), client.GetStringAsync("http://orders/2") };
        await Eventually.True(() => frozen.Connections == 1 && sending.Count(static task => task.IsCompleted) == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, sending.Count(static task => !task.IsCompleted));
        _bench.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(["ok", "ok"], await Eventually.Within(Task.WhenAll(sending)));
        Assert.Equal(1, metrics["timed-out"]);
        Assert.Equal(1, metrics["rollcall.client.retries timed-out"]);
        Assert.Equal(2, metrics["answered"]);
    }

    [Fact]
    public async Task SlowAnswer_WhenTheOthersAreKnownToBeDead_IsWaitedFor()
    {
        var finish = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/slow")
                await finish.Task;
            await context.Response.WriteAsync("ok");
        });
        await _bench.SetAsync(slow.Endpoint("a"), new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()));
        using var client = _bench.Client();
        for (var i = 0; i < 2; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        var sending = client.GetStringAsync("http://orders/slow");
        await Eventually.True(() => slow.Requests == 3);
        for (var i = 0; i < 12; i++)
            _bench.Time.Advance(Step);
        finish.SetResult();

        Assert.Equal("ok", await Eventually.Within(sending));
        Assert.Equal(3, slow.Requests);
    }

    [Fact]
    public async Task Frozen_NextRequests_AvoidIt()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        await FindOutAsync(client, frozen);

        for (var i = 0; i < 20; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.Equal(1, frozen.Connections);
    }

    [Fact]
    public async Task Frozen_AfterAWhile_CostsOneSlowTryAndNotOnePerRequest()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        await FindOutAsync(client, frozen);
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));

        var sending = Enumerable.Range(0, 20).Select(_ => client.GetStringAsync("http://orders/")).ToArray();
        await Eventually.True(() => sending.Count(static task => !task.IsCompleted) == 1);
        await Eventually.True(() => frozen.Connections == 2);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.All(await Eventually.Within(Task.WhenAll(sending)), static text => Assert.Equal("ok", text));
    }

    [Fact]
    public async Task Thawed_AnswersAgain_IsUsedLikeTheOthers()
    {
        var isFrozen = new TaskCompletionSource();
        await using var thawing = await TestServer.StartAsync(async context =>
        {
            await isFrozen.Task;
            await context.Response.WriteAsync("thawed");
        });
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(thawing.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        var sending = new[] { client.GetStringAsync("http://orders/1"), client.GetStringAsync("http://orders/2") };
        await Eventually.True(() => thawing.Requests == 1 && sending.Count(static task => task.IsCompleted) == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        await Eventually.Within(Task.WhenAll(sending));

        isFrozen.SetResult();
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
            answers.Add(await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.InRange(answers.Count(static answer => answer == "thawed"), 9, 11);
    }

    [Fact]
    public async Task Slow_EndpointThatAnswersOthers_GetsFiveTimesAsLong()
    {
        var release = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/slow")
                await release.Task;
            await context.Response.WriteAsync("ok");
        });
        await _bench.SetAsync(slow.Endpoint("a"), slow.Endpoint("b"));
        using var client = _bench.Client();
        using var metrics = new Tries(_bench.Metrics);

        var sending = client.GetStringAsync("http://orders/slow");
        await Eventually.True(() => slow.Requests == 1);
        for (var second = 2; second < 10; second += 2)
        {
            await AnswerBothAsync(client);
            _bench.Time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(0, metrics["timed-out"]);
        }

        await AnswerBothAsync(client);
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(() => metrics["timed-out"] == 1);
        release.SetResult();
        Assert.Equal("ok", await Eventually.Within(sending));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Frozen_NotIdempotent_WaitsButWarnsTheOthers(string method)
    {
        var release = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("late");
        });
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();

        var sending = Enumerable.Range(0, 2).Select(_ => SendAsync(client, method)).ToArray();
        await Eventually.True(() => slow.Requests == 1 && sending.Count(static task => task.IsCompleted) == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        for (var i = 0; i < 10; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.Equal(1, sending.Count(static task => !task.IsCompleted));
        release.SetResult();
        Assert.Contains("late", await Eventually.Within(Task.WhenAll(sending)));
    }

    [Fact]
    public async Task Frozen_OnlyEndpoint_IsWaitedForAsLongAsTheCallerLikes()
    {
        await using var frozen = BadServer.Frozen();
        await _bench.SetAsync(frozen.Endpoint("a"));
        using var client = _bench.Client();
        using var giveUp = new CancellationTokenSource();

        var sending = client.GetStringAsync("http://orders/", giveUp.Token);
        await Eventually.True(() => frozen.Connections == 1);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.False(sending.IsCompleted);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));
    }

    [Fact]
    public async Task Frozen_AllOfThem_TheLastTryWaits()
    {
        await using var a = BadServer.Frozen();
        await using var b = BadServer.Frozen();
        await using var c = BadServer.Frozen();
        await _bench.SetAsync(a.Endpoint("a"), b.Endpoint("b"), c.Endpoint("c"));
        using var client = _bench.Client();
        using var giveUp = new CancellationTokenSource();
        using var metrics = new Tries(_bench.Metrics);

        var sending = client.GetStringAsync("http://orders/", giveUp.Token);
        await _bench.Time.AdvanceUntilAsync(() => a.Connections + b.Connections + c.Connections == 3, Step, TimeSpan.FromSeconds(10));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.False(sending.IsCompleted);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(sending));
        Assert.Equal(2, metrics["timed-out"]);
        Assert.Equal(1, metrics["cancelled"]);
    }

    [Fact]
    public async Task Frozen_NoBudgetForAnotherTry_KeepsTheOneThatRuns()
    {
        var release = new TaskCompletionSource();
        await using var slow = await TestServer.StartAsync(async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("late");
        });
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(slow.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var metrics = new Tries(_bench.Metrics);
        using var client = _bench.Client(static options => (options.RetryBudget, options.MinRetriesPerSecond) = (0, 0));

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => slow.Requests == 1);
        await PassAsync(TimeSpan.FromSeconds(30));
        release.SetResult();

        Assert.Equal("late", await Eventually.Within(sending));
        Assert.Equal((0, 1), (metrics["timed-out"], metrics["rollcall.client.refused retry-budget"]));
    }

    [Fact]
    public async Task Frozen_TheBudgetAllowsItLater_IsSentElsewhereThen()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var metrics = new Tries(_bench.Metrics);
        using var client = _bench.Client(static options => (options.RetryBudget, options.MinRetriesPerSecond) = (0.5, 0));

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => frozen.Connections == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        for (var i = 0; i < 2; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        Assert.False(sending.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal("ok", await Eventually.Within(sending));
        Assert.Equal((1, 1), (metrics["timed-out"], metrics["rollcall.client.retries timed-out"]));
    }

    [Fact]
    public async Task Frozen_BudgetForOneTry_IsSpentOnce()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => (options.RetryBudget, options.MinRetriesPerSecond) = (1, 0));

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => frozen.Connections == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal("ok", await Eventually.Within(sending));
    }

    [Fact]
    public async Task Suspected_AllOfThem_AreUsedAllTheSame()
    {
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(good.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        var route = _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!;
        var table = await route.GetAsync(CancellationToken.None);
        for (var i = 0; i < 2; i++)
            route.Health.Silent(table.Groups[0].Pick(PickContext.None).Endpoint);

        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
    }

    [Fact]
    public async Task HttpClientTimeout_LimitsTheWhole()
    {
        await using var frozen = BadServer.Frozen();
        await _bench.SetAsync(frozen.Endpoint("a"), frozen.Endpoint("b"));
        using var client = _bench.Client();
        client.Timeout = TimeSpan.FromMilliseconds(200);

        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => Eventually.Within(client.GetStringAsync("http://orders/")));

        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task CallerGivesUp_AnswersOthers_TheTimerIsNotUsedAgain()
    {
        await using var frozen = BadServer.Frozen();
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(frozen.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        for (var i = 0; i < 10; i++)
        {
            using var giveUp = new CancellationTokenSource();
            var sending = new[] { client.GetStringAsync("http://orders/", giveUp.Token), client.GetStringAsync("http://orders/", giveUp.Token) };
            await Eventually.True(() => sending.Count(static task => task.IsCompleted) == 1);
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(Task.WhenAll(sending)));
        }

        await _bench.SetAsync(good.Endpoint("b"), good.Endpoint("c"));
        for (var i = 0; i < 10; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
    }

    private static async Task<string> SendAsync(HttpClient client, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/") { Content = new StringContent("body") };
        using var response = await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    // Both endpoints are the same server, so a request to each resets the silence of each.
    private static async Task AnswerBothAsync(HttpClient client)
    {
        for (var i = 0; i < 2; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/fast")));
    }

    // In steps, each of which gives what has become due the time to happen.
    private async Task PassAsync(TimeSpan time)
    {
        var end = _bench.Time.GetUtcNow() + time;
        await _bench.Time.AdvanceUntilAsync(() => _bench.Time.GetUtcNow() >= end, TimeSpan.FromSeconds(3), time * 2);
    }

    private async Task FindOutAsync(HttpClient client, RawServer frozen)
    {
        var sending = new[] { client.GetStringAsync("http://orders/"), client.GetStringAsync("http://orders/") };
        await Eventually.True(() => frozen.Connections == 1 && sending.Count(static task => task.IsCompleted) == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        await Eventually.Within(Task.WhenAll(sending));
    }
}
