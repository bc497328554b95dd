using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http;

/// <summary>How many requests may be in flight, and what becomes of the others.</summary>
public sealed class LimitTests : IAsyncDisposable
{
    private readonly HttpBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task EndpointAtItsLimit_IsPassedOver()
    {
        await using var server = await HoldingAsync();
        await using var other = await TestServer.StartAsync("ok");
        await _bench.SetAsync(server.Server.Endpoint("a"), other.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.MaxRequestsPerEndpoint = 2);

        var held = Enumerable.Range(0, 2).Select(_ => client.GetStringAsync("http://orders/")).ToArray();
        await Eventually.True(() => server.Server.Requests == 2);
        for (var i = 0; i < 5; i++)
            Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));

        server.Release();
        await Eventually.Within(Task.WhenAll(held));
        Assert.Equal("held", await Eventually.Within(client.GetStringAsync("http://orders/")));
    }

    [Fact]
    public async Task AllThatAreWellAtTheLimit_WaitInsteadOfGoingToOneThatIsNot()
    {
        await using var server = await HoldingAsync();
        await using var frozen = BadServer.Frozen();
        await _bench.SetAsync(server.Server.Endpoint("a"), frozen.Endpoint("b"));
        using var client = _bench.Client(static options => options.MaxRequestsPerEndpoint = 1);
        await Eventually.True(() => _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)?.Current is not null);
        var route = _bench.Router.Find(new Uri("http://orders"), HttpBench.Settings)!;
        route.Health.Silent(route.Current!.Groups[0].Items[1].Endpoint);

        var first = client.GetStringAsync("http://orders/");
        await Eventually.True(() => server.Server.Requests == 1);
        var second = client.PostAsync("http://orders/", null);
        server.Release();

        Assert.Equal("held", await Eventually.Within(first));
        using var response = await Eventually.Within(second);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(0, frozen.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AllAtTheLimit_WaitInTurnAndNoMoreThanMayAreRefused(bool perEndpoint)
    {
        await using var server = await HoldingAsync();
        await _bench.SetAsync(server.Server.Endpoint("a"));
        using var metrics = new Tries(_bench.Metrics);
        using var client = _bench.Client(options =>
        {
            (options.MaxRequestsPerEndpoint, options.MaxRequests) = perEndpoint ? (1, 0) : (0, 1);
            options.MaxQueue = 2;
        });

        var first = client.GetStringAsync("http://orders/0");
        await Eventually.True(() => server.Server.Requests == 1);
        var waiting = new[] { client.GetStringAsync("http://orders/1"), client.GetStringAsync("http://orders/2") };
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Eventually.Within(client.GetStringAsync("http://orders/3")));
        Assert.Contains("and 2 wait already (MaxQueue)", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, metrics["rollcall.client.refused queue-full"]);
        Assert.Equal(1, server.Server.Requests);

        server.Release();
        await Eventually.Within(Task.WhenAll([first, .. waiting]));
        Assert.Equal(["/0", "/1", "/2"], server.Paths);
    }

    [Fact]
    public async Task WaiterGivesUp_TheNextIsServed()
    {
        await using var server = await HoldingAsync();
        await _bench.SetAsync(server.Server.Endpoint("a"));
        using var client = _bench.Client(static options => options.MaxRequests = 1);
        using var giveUp = new CancellationTokenSource();

        var first = client.GetStringAsync("http://orders/0");
        await Eventually.True(() => server.Server.Requests == 1);
        var impatient = client.GetStringAsync("http://orders/1", giveUp.Token);
        var patient = client.GetStringAsync("http://orders/2");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(impatient));
        server.Release();

        await Eventually.Within(Task.WhenAll(first, patient));
        Assert.Equal(["/0", "/2"], server.Paths);
    }

    [Fact]
    public async Task ManyAtOnce_AreNeverMoreThanTheLimitAndAllAreServed()
    {
        var (now, most) = (0, 0);
        await using var server = await TestServer.StartAsync(async context =>
        {
            var count = Interlocked.Increment(ref now);
            InterlockedMax(ref most, count);
            await Task.Yield();
            Interlocked.Decrement(ref now);
            await context.Response.WriteAsync("ok");
        });
        await _bench.SetAsync(server.Endpoint("a"), server.Endpoint("b"));
        using var client = _bench.Client(static options => (options.MaxRequests, options.MaxRequestsPerEndpoint, options.MaxQueue) = (3, 2, 1_000));

        var answers = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => client.GetStringAsync("http://orders/")))));

        Assert.All(answers, static answer => Assert.Equal("ok", answer));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, _bench.InFlight());
    }

    [Fact]
    public async Task ErrorWhoseBodyGoesOn_HoldsNoPlaceWhileAnotherIsTried()
    {
        await using var bad = await TestServer.StartAsync(static async context =>
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("of no known length");
        });
        await using var good = await TestServer.StartAsync("ok");
        await _bench.SetAsync(bad.Endpoint("a"), good.Endpoint("b") with { Priority = 1 });
        using var client = _bench.Client(static options => options.MaxRequests = 1);

        Assert.Equal("ok", await Eventually.Within(client.GetStringAsync("http://orders/")));
        Assert.Equal(0, _bench.InFlight());
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private static async Task<Holding> HoldingAsync()
    {
        var release = new TaskCompletionSource();
        List<string> paths = [];
        var server = await TestServer.StartAsync(async context =>
        {
            lock (paths)
                paths.Add(context.Request.Path);
            await release.Task;
            context.Response.ContentLength = 4;
            await context.Response.WriteAsync("held");
        });
        return new(server, release, paths);
    }

    private sealed record Holding(TestServer Server, TaskCompletionSource Source, List<string> Paths) : IAsyncDisposable
    {
        public void Release() => Source.TrySetResult();

        public ValueTask DisposeAsync()
        {
            Release();
            return Server.DisposeAsync();
        }
    }
}
