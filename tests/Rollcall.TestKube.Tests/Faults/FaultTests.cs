using System.Net;
using Rollcall.TestKit;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.Faults;

/// <summary>Each fault does what it is called, once or for ever, to the requests it names and to no others.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/shop/pods";
    private const string Services = "/api/v1/namespaces/shop/services";

    private readonly VirtualTime _time = new(TimeProvider.System.GetUtcNow());
    private KubeServer _cluster = null!;
    private KubeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KubeServer.StartAsync(new() { Time = _time });
        _cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders"));
        _client = new KubeClient(_cluster);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(FaultKind.InternalError, 500, "Internal error occurred: etcdserver: request timed out")]
    [InlineData(FaultKind.Unauthorized, 401, "Unauthorized")]
    [InlineData(FaultKind.Gone, 410, "too old resource version: 1 (2)")]
    [InlineData(FaultKind.GoneStatus, 410, "too old resource version: 1 (2)")]
    public async Task Refusals_meet_so_many_requests_and_only_those_named(FaultKind kind, int code, string message)
    {
        _cluster.Faults.Add(new(kind) { Times = 2, Resource = "pods", Namespace = "shop" });
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(Services)).Code);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/api/v1/namespaces/other/pods")).Code);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (found, status) = await _client.GetAsync(Pods);
            Assert.Equal((code, message), ((int)found, status["message"]!.ToString()));
        }

        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(Pods)).Code);
    }

    [Fact]
    public async Task A_watch_is_told_410_by_an_event_or_by_its_status()
    {
        _cluster.Faults.Add(new(FaultKind.Gone) { Times = 1, Verb = "watch" });
        using (var watch = await _client.WatchAsync($"{Pods}?watch=1"))
        {
            Assert.Equal("Expired", (await watch.NextAsync())!["object"]!["reason"]!.ToString());
            Assert.Null(await watch.NextAsync());
        }

        _cluster.Faults.Add(new(FaultKind.GoneStatus) { Times = 1, Verb = "watch" });
        using (var refused = await _client.Http.GetAsync($"{Pods}?watch=1"))
            Assert.Equal(HttpStatusCode.Gone, refused.StatusCode);
        using var fine = await _client.WatchAsync($"{Pods}?watch=1");
        Assert.Equal("ADDED a", await fine.NextNameAsync());
    }

    [Fact]
    public async Task A_slow_answer_comes_on_time()
    {
        _cluster.Faults.Add(new(FaultKind.Slow) { Times = 1, Delay = TimeSpan.FromMinutes(1) });
        var answer = _client.GetAsync(Pods);
        await Eventually.True(() => _time.PendingTimers == 1);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await answer).Code);
    }

    [Fact]
    public async Task Bodies_are_garbage_or_never_end()
    {
        _cluster.Faults.Add(new(FaultKind.Garbage) { Times = 1 });
        Assert.StartsWith("<html>", await _client.Http.GetStringAsync(Pods), StringComparison.Ordinal);
        _cluster.Faults.Add(new(FaultKind.EndlessBody) { Times = 1 });
        using var endless = await _client.Http.GetAsync(Pods, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await endless.Content.ReadAsStreamAsync();
        var buffer = new byte[5_000_000];
        await Eventually.Within(body.ReadExactlyAsync(buffer).AsTask());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Watches_end_in_good_order_or_by_a_reset(string version)
    {
        using var client = new KubeClient(_cluster, version: Version.Parse(version));
        using var closed = await client.WatchAsync($"{Pods}?watch=1");
        Assert.Equal("ADDED a", await closed.NextNameAsync());
        _cluster.Faults.CloseWatches();
        Assert.Null(await closed.NextAsync());
        using var dropped = await client.WatchAsync($"{Pods}?watch=1");
        Assert.Equal("ADDED a", await dropped.NextNameAsync());
        _cluster.Faults.DropWatches();
        await Assert.ThrowsAnyAsync<Exception>(dropped.NextAsync);
    }

    [Fact]
    public async Task Connections_break_and_are_made_anew()
    {
        using var watch = await _client.WatchAsync($"{Pods}?watch=1");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        Assert.Equal(1, _cluster.Counters.OpenConnections);
        _cluster.Faults.DropConnections();
        await Assert.ThrowsAnyAsync<Exception>(watch.NextAsync);
        await Eventually.True(() => _cluster.Counters is { OpenConnections: 0, OpenWatches: 0 });
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(Pods)).Code);
    }

    [Fact]
    public async Task A_server_that_was_down_comes_back_where_it_was_with_what_it_held()
    {
        using var watch = await _client.WatchAsync($"{Pods}?watch=1");
        await _cluster.GoDownAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(Pods));
        await _cluster.ListenAsync(CancellationToken.None);
        Assert.Equal("a", (await _client.GetAsync(Pods)).Json["items"]![0]!["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task In_silence_nothing_is_sent_not_even_a_bookmark()
    {
        using var watch = await _client.WatchAsync($"{Pods}?watch=1&allowWatchBookmarks=true");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        _cluster.Faults.GoSilent();
        var reading = watch.Reading();
        var list = _client.GetAsync(Pods);
        await Eventually.True(() => _time.PendingTimers == 2);
        _time.Advance(TimeSpan.FromMinutes(5));
        _cluster.Delete(ApiResource.Pods, "shop", "a");
        Assert.NotSame(reading, await Task.WhenAny(reading, list, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)));
        Assert.False(list.IsCompleted);
        _cluster.Faults.Resume();
        Assert.Equal(HttpStatusCode.OK, (await Eventually.Within(list)).Code);
        Assert.NotNull(await Eventually.Within(reading));
    }
}
