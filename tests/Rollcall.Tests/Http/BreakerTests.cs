using System.Diagnostics;
using System.Net;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>When everything fails, requests fail at once, and one at a time finds out whether that has changed.</summary>
public sealed class BreakerTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();
    private readonly Tries _metrics;
    private Func<HttpResponseMessage> _answer = static () => new HttpResponseMessage();
    private volatile bool _isSilent;
    private int _silent;

    public BreakerTests() => _metrics = new Tries(_bench.Metrics);

    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return _bench.DisposeAsync();
    }

    public static TheoryData<Func<HttpResponseMessage>> Failures => new()
    {
        static () => throw new HttpRequestException(HttpRequestError.ConnectionError),
        static () => throw new HttpRequestException(HttpRequestError.ResponseEnded),
        static () => new HttpResponseMessage(HttpStatusCode.BadGateway),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task EverythingFails_OpensAndSaysWhy(Func<HttpResponseMessage> failure)
    {
        using var client = await ClientAsync();
        _answer = failure;
        for (var i = 0; i < 20; i++)
            await SendAsync(client);
        var tried = Tried();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"));

        Assert.Contains("the circuit breaker of 'orders' is open, because every request of the last 10s had no answer, or 502, 503 or 504. One is let through again in 1s.", error.Message, StringComparison.Ordinal);
        Assert.Equal(tried, Tried());
        Assert.Equal(1, _metrics["rollcall.client.refused breaker"]);
        await Eventually.True(() => _metrics["rollcall.client.breaker.changes open"] == 1);
    }

    [Fact]
    public async Task NobodyToSendTo_IsNoFailureOfTheService()
    {
        using var client = await ClientAsync();
        await _bench.SetAsync();
        for (var i = 0; i < 30; i++)
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"));
            Assert.Contains("no endpoint is known", error.Message, StringComparison.Ordinal);
        }

        await _bench.SetAsync(new Endpoint("a", "10.0.0.1", 80));
        using var response = await Eventually.Within(client.GetAsync("http://orders/"));
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task SuccessesBeforeTheFirstFailure_Count()
    {
        using var client = await ClientAsync();
        await SendAsync(client);
        _bench.Time.Advance(TimeSpan.FromSeconds(9));
        _answer = static () => new HttpResponseMessage(HttpStatusCode.BadGateway);
        for (var i = 0; i < 40; i++)
            await SendAsync(client);

        Assert.Equal(0, _metrics["rollcall.client.refused breaker"]);
        _bench.Time.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 40; i++)
            await SendAsync(client);
        Assert.NotEqual(0, _metrics["rollcall.client.refused breaker"]);
    }

    [Fact]
    public async Task Open_OneAtATimeFindsOut()
    {
        using var client = await ClientAsync();
        _answer = static () => throw new HttpRequestException(HttpRequestError.ConnectionError);
        for (var i = 0; i < 20; i++)
            await SendAsync(client);

        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        var before = Tried();
        await SendAsync(client);
        Assert.True(Tried() > before);
        before = Tried();
        await SendAsync(client);
        Assert.Equal(before, Tried());

        _answer = static () => new HttpResponseMessage();
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, 19)]
    [InlineData(HttpStatusCode.InternalServerError, 40)]
    [InlineData(HttpStatusCode.TooManyRequests, 40)]
    public async Task SomethingWorks_StaysClosed(HttpStatusCode status, int times)
    {
        using var client = await ClientAsync();
        _answer = () => new HttpResponseMessage(status);
        for (var i = 0; i < times; i++)
            await SendAsync(client);
        if (status == HttpStatusCode.OK)
            _answer = static () => throw new HttpRequestException(HttpRequestError.ConnectionError);
        for (var i = 0; i < 30; i++)
            await SendAsync(client);

        Assert.Equal(0, _metrics["rollcall.client.refused breaker"]);
    }

    [Fact]
    public async Task CallersGiveUp_StaysClosed()
    {
        using var client = await ClientAsync();
        using var giveUp = new CancellationTokenSource();
        await giveUp.CancelAsync();
        _answer = static () => throw new OperationCanceledException();
        for (var i = 0; i < 30; i++)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync("http://orders/", giveUp.Token));

        _answer = static () => new HttpResponseMessage();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
    }

    [Fact]
    public async Task ProbeNeverEnds_TheNextIsLetThroughAfterThePause()
    {
        using var client = await OpenAsync();
        using var giveUp = new CancellationTokenSource();
        var endless = await BeginProbeAsync(client, giveUp.Token);
        Assert.Null(await SendAsync(client));

        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(endless));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
    }

    [Fact]
    public async Task ProbeIsGivenUpByItsCaller_TheNextFindsOutAtOnce()
    {
        using var client = await OpenAsync();
        using var giveUp = new CancellationTokenSource();
        var endless = await BeginProbeAsync(client, giveUp.Token);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(endless));

        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
    }

    [Fact]
    public async Task ProbeFails_WhileAnEarlierOneIsUnderWay_ThePauseBeginsAgain()
    {
        using var client = await OpenAsync();
        using var giveUp = new CancellationTokenSource();
        var endless = await BeginProbeAsync(client, giveUp.Token);
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        _answer = static () => throw new HttpRequestException(HttpRequestError.ConnectionError);
        var before = Tried();
        await SendAsync(client);
        Assert.True(Tried() > before);

        // What ends without an outcome now has nothing more to say.
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(endless));
        before = Tried();
        await SendAsync(client);

        Assert.Equal(before, Tried());
    }

    [Fact]
    public async Task NobodyAnswersWithinTheTotalTimeout_Opens()
    {
        using var client = await ClientAsync(TimeSpan.FromSeconds(1));
        _isSilent = true;
        var sending = Enumerable.Range(0, 20).Select(_ => client.GetAsync("http://orders/")).ToArray();
        await Eventually.True(() => Volatile.Read(ref _silent) == 20);
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        foreach (var request in sending)
            Assert.IsType<TimeoutException>((await Assert.ThrowsAsync<TaskCanceledException>(() => Eventually.Within(request))).InnerException);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"));
        Assert.Contains("the circuit breaker of 'orders' is open", error.Message, StringComparison.Ordinal);

        // The one that finds out has an outcome then, too.
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        var probe = client.GetAsync("http://orders/");
        await Eventually.True(() => Volatile.Read(ref _silent) == 21);
        _bench.Time.Advance(TimeSpan.FromSeconds(1.05));
        await Assert.ThrowsAsync<TaskCanceledException>(() => Eventually.Within(probe));
        _isSilent = false;
        Assert.Null(await SendAsync(client));
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client));
    }

    private static async Task<HttpStatusCode?> SendAsync(HttpClient client)
    {
        try
        {
            using var response = await Eventually.Within(client.GetAsync("http://orders/"));
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<HttpClient> ClientAsync(TimeSpan totalTimeout = default)
    {
        await _bench.SetAsync(new Endpoint("a", "10.0.0.1", 80), new Endpoint("b", "10.0.0.2", 80));
        return _bench.Client(options => (options.MinRetriesPerSecond, options.TotalTimeout) = (1_000, totalTimeout), new Inner(this));
    }

    // A client whose breaker is open, and would let one through now.
    private async Task<HttpClient> OpenAsync()
    {
        var client = await ClientAsync();
        _answer = static () => throw new HttpRequestException(HttpRequestError.ConnectionError);
        for (var i = 0; i < 20; i++)
            await SendAsync(client);
        _answer = static () => new HttpResponseMessage();
        _bench.Time.Advance(TimeSpan.FromSeconds(1.1));
        return client;
    }

    // The one that finds out, which has no answer; all others have.
    private async Task<Task<HttpResponseMessage>> BeginProbeAsync(HttpClient client, CancellationToken cancellationToken)
    {
        _isSilent = true;
        var sending = client.PostAsync("http://orders/", null, cancellationToken);
        await Eventually.True(() => Volatile.Read(ref _silent) == 1);
        _isSilent = false;
        return sending;
    }

    private long Tried() => _metrics["answered"] + _metrics["unreachable"] + _metrics["reset"];

    private sealed class Inner(BreakerTests tests) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!tests._isSilent)
                return tests._answer();
            Interlocked.Increment(ref tests._silent);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new UnreachableException();
        }
    }
}
