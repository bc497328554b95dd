using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Etcd.Tests.Members;

/// <summary>Which member is asked, and what the end of a stream means. A real one does not end streams when a test wants it.</summary>
public sealed class MemberChoiceTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("etcd:///orders");

    [Fact]
    public async Task Watches_begin_at_different_members()
    {
        await using var one = await WebServer.StartAsync(AnswerAsync);
        await using var other = await WebServer.StartAsync(AnswerAsync);
        var source = new EtcdSource(new EtcdSourceOptions { Endpoints = { one.Url, other.Url } }, random: new Random(1));
        for (var i = 0; i < 20; i++)
            await source.DiscoverAsync(Orders, CancellationToken.None);
        Assert.InRange(other.Requests.Count, 5, 15);

        var watches = Enumerable.Range(0, 12).Select(_ => new WatchRecorder(source, Orders)).ToArray();
        await Eventually.True(() => Watches(one) + Watches(other) == watches.Length);
        Assert.InRange(Watches(other), 2, 10);
        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_something_between_has_cut_is_opened_again_without_a_doubt()
    {
        await using var server = await WebServer.StartAsync(static context => AnswerAsync(context));
        server.Answer(context => AnswerAsync(context, isCut: Watches(server) == 1));
        await using var watch = new WatchRecorder(new EtcdSource(new EtcdSourceOptions { Endpoints = { server.Url } }), Orders);
        await Eventually.True(() => Watches(server) == 2 && watch.Last is not null);
        Assert.True(Assert.Single(watch.Seen).Freshness.IsLive);
    }

    [Fact]
    public async Task One_that_is_cut_again_and_again_is_stale_unless_it_has_lasted()
    {
        var time = new VirtualTime();
        await using var server = await WebServer.StartAsync(static context => AnswerAsync(context));
        var lasted = TimeSpan.FromSeconds(30);
        var cut = new SemaphoreSlim(0);
        server.Answer(context => AnswerAsync(context, isCut: true, cut));
        var options = new EtcdSourceOptions { Endpoints = { server.Url }, AnswerTimeout = TimeSpan.FromMinutes(4), SilenceCheck = TimeSpan.FromHours(1) };
        await using var watch = new WatchRecorder(new EtcdSource(options, time, new Random(1)), Orders);
        for (var watches = 1; watches <= 3; watches++)
        {
            await time.AdvanceUntilAsync(() => Watches(server) == watches, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
            // What the source has seen of it is the clock's wait for silence.
            await Eventually.True(() => time.PendingTimers == 1);
            time.Advance(lasted);
            cut.Release();
        }

        await time.AdvanceUntilAsync(() => Watches(server) == 4, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        cut.Release(2);
        await time.AdvanceUntilAsync(() => watch.Seen.Any(static set => set.Freshness.Kind == FreshnessKind.Stale), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
    }

    private static int Watches(WebServer server) => server.Requests.Count(static request => request == "/v3/watch");

    private static Task AnswerAsync(HttpContext context) => AnswerAsync(context, isCut: false);

    private static async Task AnswerAsync(HttpContext context, bool isCut, SemaphoreSlim? cut = null)
    {
        if (context.Request.Path != "/v3/watch")
        {
            await context.Response.WriteAsync("""{"header":{"revision":"5"}}""");
            return;
        }

        await context.Response.WriteAsync("""{"result":{"created":true}}""" + "\n");
        await context.Response.Body.FlushAsync();
        if (!isCut)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        if (cut is not null)
            await cut.WaitAsync(context.RequestAborted);
    }
}
