using Microsoft.AspNetCore.Http;
using Rollcall.Sources.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Http;

/// <summary>Event streams that end, fall silent or make no sense; those of a real node are held to the laws in Rollcall.Node.Tests.</summary>
public sealed class EventStreamTests
{
    private const string Snapshot = """
        event: snapshot
        data: {"epoch":"e","revision":1,"services":[{"service":"orders","revision":1,"epoch":"e","instances":[{"id":"o1","address":"10.0.0.1","ports":{"http":80},"state":"ready","weight":100,"since":"2026-01-01T00:00:00Z","revision":1}]}]}


        """;

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task A_stream_that_ends_is_opened_again_without_a_doubt_and_not_in_a_tight_loop()
    {
        await using var server = await StartAsync(static (context, _) => context.Response.WriteAsync(Snapshot));
        await using var watch = Watch(server);
        await Eventually.True(() => watch.Last is not null);
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(20);
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= end, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(21));
        Assert.InRange(server.Requests.Count, 5, 41);
        Assert.True(Assert.Single(watch.Seen).Freshness.IsLive);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_taken_for_dead_and_replaced()
    {
        await using var server = await StartAsync(static async (context, number) =>
        {
            await context.Response.WriteAsync(Snapshot);
            await context.Response.Body.FlushAsync();
            if (number == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var watch = Watch(server);
        await Eventually.True(() => watch.Last is not null && _time.PendingTimers >= 1);
        _time.Advance(TimeSpan.FromSeconds(44));
        Assert.Single(server.Requests);
        await _time.AdvanceUntilAsync(() => watch.Seen.Length >= 3, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));
        Assert.Contains("silent for 45s", watch.Seen[1].Freshness.Reason, StringComparison.Ordinal);
        Assert.True(watch.Seen[2].Freshness.IsLive);
    }

    [Theory]
    [InlineData("", "ended before its first snapshot")]
    [InlineData("event: tomorrow\ndata: {}\n\n", "ended before its first snapshot")]
    [InlineData("event: snapshot\ndata: {]\n\n", "its event stream is broken")]
    public async Task A_stream_that_is_none_of_a_node_says_so(string body, string expected)
    {
        await using var server = await StartAsync((context, _) => context.Response.WriteAsync(body));
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => new HttpSource(null, _time, new Random(1)).DiscoverAsync(Target(server), CancellationToken.None).AsTask());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task<WebServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var number = 0;
        return await WebServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/event-stream";
            return answer(context, Interlocked.Increment(ref number));
        });
    }

    private static ServiceTarget Target(WebServer server) => ServiceTarget.Parse($"{server.Url}api/watch?service=orders");

    private WatchRecorder Watch(WebServer server) => new(new HttpSource(new HttpSourceOptions { AnswerTimeout = TimeSpan.FromMinutes(4) }, _time, new Random(1)), Target(server));
}
