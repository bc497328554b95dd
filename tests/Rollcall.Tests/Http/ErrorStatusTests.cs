using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>Answers that say that the endpoint failed: tried elsewhere, but never turned into exceptions.</summary>
public sealed class ErrorStatusTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();
    private readonly Tries _metrics;

    public ErrorStatusTests() => _metrics = new Tries(_bench.Metrics);

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", 500, null, true)]
    [InlineData("GET", 502, null, true)]
    [InlineData("PUT", 503, null, true)]
    [InlineData("DELETE", 504, null, true)]
    [InlineData("GET", 503, "5", true)]
    [InlineData("GET", 429, "5", true)]
    [InlineData("GET", 429, null, false)]
    [InlineData("GET", 501, null, false)]
    [InlineData("GET", 404, null, false)]
    [InlineData("POST", 500, null, false)]
    [InlineData("PATCH", 503, "5", false)]
    public async Task OneAnswersWithAnError_IdempotentRequestsGoToAnother(string method, int status, string? retryAfter, bool isSentAgain)
    {
        await using var bad = await FailingAsync(status, retryAfter);
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b"));
        using var client = _bench.Client();
        var statuses = new List<int>();

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/");
            using var response = await Eventually.Within(client.SendAsync(request));
            statuses.Add((int)response.StatusCode);
            Assert.Equal(new Uri("http://orders/"), response.RequestMessage!.RequestUri);
        }

        Assert.Equal(isSentAgain ? [200, 200] : [200, status], statuses.Order());
        Assert.Equal(isSentAgain, _metrics["rollcall.client.retries answered"] >= 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AllAnswerWithErrors_TheLastAnswerIsReturnedAsItIs(bool oneOnly)
    {
        await using var first = await FailingAsync(503, null);
        await using var second = await FailingAsync(500, null);
        await _bench.SetAsync(oneOnly ? [first.Endpoint("a")] : [first.Endpoint("a"), second.Endpoint("b")]);
        using var client = _bench.Client();

        using var response = await Eventually.Within(client.GetAsync("http://orders/"));

        // To each once: an endpoint that has answered would answer the same again.
        Assert.Equal(oneOnly ? (1, 0) : (1, 1), (first.Requests, second.Requests));
        Assert.Equal($"failed {(int)response.StatusCode}", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, _bench.InFlight());
    }

    [Fact]
    public async Task ErrorThenNobodyElseReachable_TheAnswerIsReturned()
    {
        await using var bad = await FailingAsync(500, null);
        await _bench.SetAsync(bad.Endpoint("a"), new Endpoint("b", "127.0.0.1", BadServer.RefusingPort()) with { Priority = 1 });
        using var client = _bench.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/");
        var trace = new RequestTrace();
        request.Options.Set(RollcallRequest.Trace, trace);

        using var response = await Eventually.Within(client.SendAsync(request));

        Assert.Equal("failed 500", await response.Content.ReadAsStringAsync());
        Assert.Equal(("a", 2), (trace.Endpoint!.Id, trace.Tries));
    }

    [Fact]
    public async Task RetryErrorsOff_TheFirstAnswerIsReturned()
    {
        await using var bad = await FailingAsync(503, null);
        await _bench.SetAsync(bad.Endpoint("a"), bad.Endpoint("b"));
        using var client = _bench.Client(static options => options.RetryErrors = false);

        using var response = await Eventually.Within(client.GetAsync("http://orders/"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (response.StatusCode, bad.Requests));
    }

    [Fact]
    public async Task MaxAttempts_CountsAnswers()
    {
        await using var bad = await FailingAsync(500, null);
        await _bench.SetAsync([.. Enumerable.Range(0, 5).Select(i => bad.Endpoint($"a{i}"))]);
        using var client = _bench.Client(static options => options.MaxAttempts = 3);

        using var response = await Eventually.Within(client.GetAsync("http://orders/"));

        Assert.Equal((HttpStatusCode.InternalServerError, 3), (response.StatusCode, bad.Requests));
    }

    [Fact]
    public async Task BudgetUsedUp_TheAnswerIsReturnedAndUnsentTriesGoOn()
    {
        await using var bad = await FailingAsync(500, null);
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => (options.RetryBudget, options.MinRetriesPerSecond) = (0.2, 0));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await Eventually.Within(client.GetAsync("http://orders/"));
            statuses.Add(response.StatusCode);
        }

        // One in five is sent again; after five errors in a row the endpoint is ejected.
        Assert.Equal(1, statuses.Count(static status => status == HttpStatusCode.OK));
        Assert.Equal(4, _metrics["rollcall.client.refused retry-budget"]);

        await _bench.SetAsync(new Endpoint("a", "127.0.0.1", BadServer.RefusingPort()), good.Endpoint("b") with { Priority = 1 });
        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(4, true)]
    [InlineData(3, false)]
    [InlineData(0, false)]
    public async Task MaxReplayBytes_StreamOfKnownLength_IsSentAgain(int limit, bool isSentAgain)
    {
        await using var bad = await FailingAsync(500, null);
        await using var good = await TestServer.StartAsync(static async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync() + context.Request.ContentType);
        });
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(options => options.MaxReplayBytes = limit);
        var content = new StreamContent(new NotSeekableStream("body"u8.ToArray()));
        content.Headers.ContentLength = 4;
        content.Headers.ContentType = new("text/x");

        using var response = await Eventually.Within(client.PutAsync("http://orders/", content));

        Assert.Equal(isSentAgain ? "bodytext/x" : "failed 500", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TotalTimeout_EndsAllTries()
    {
        await using var frozen = BadServer.Frozen();
        await _bench.SetAsync(frozen.Endpoint("a"), frozen.Endpoint("b"));
        using var client = _bench.Client(static options => options.TotalTimeout = TimeSpan.FromSeconds(3));

        var sending = client.GetStringAsync("http://orders/");
        await Eventually.True(() => frozen.Connections == 1);
        _bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        await Eventually.True(() => frozen.Connections == 2);
        Assert.False(sending.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => Eventually.Within(sending));

        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Contains("GET http://orders had no answer within 3s", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestServer> FailingAsync(int status, string? retryAfter) => TestServer.StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync($"failed {status}");
    });
}
