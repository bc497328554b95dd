using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Etcd.Tests.Members;

/// <summary>Servers that are no etcd, or one gone mad. A real one cannot be made to answer so.</summary>
public sealed class GarbageTests
{
    private const string Watching = """{"result":{"created":true}}""" + "\n";

    [Theory]
    [InlineData(200, "<html>It works!</html>", "answers what etcd does not")]
    [InlineData(200, "", "answers what etcd does not")]
    [InlineData(200, "null", "answers what etcd does not (null)")]
    [InlineData(200, "{}", "a list without a revision")]
    [InlineData(200, """{"header":{"revision":"x"}}""", "answers what etcd does not")]
    [InlineData(200, """{"header":{"revision":"5"},"kvs":[{}]}""", "a record without a key")]
    [InlineData(200, """{"header":{"revision":"5"},"kvs":[{"key":"!"}]}""", "answers what etcd does not")]
    [InlineData(404, "404 page not found", "--enable-grpc-gateway")]
    [InlineData(503, """{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14}""", "refuses (etcdserver: no leader). Is the cluster well?")]
    [InlineData(500, "", "status 500")]
    public async Task An_answer_that_is_none_says_so(int status, string body, string expected)
    {
        await using var server = await WebServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var source = new EtcdSource(new EtcdSourceOptions { Endpoints = { server.Url } });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(ServiceTarget.Parse("etcd:///orders"), CancellationToken.None).AsTask());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Url.Authority, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"result":""", "stream of the watch has ended")]
    [InlineData("nonsense\n", "answers what etcd does not")]
    [InlineData("{}\n", "a message without a result")]
    [InlineData("""{"result":{"events":[null]}}""" + "\n", "a record without a key")]
    [InlineData("""{"result":{"events":[{"type":"DELETE"}]}}""" + "\n", "an event without a key")]
    [InlineData("""{"result":{"canceled":true,"cancel_reason":"etcdserver: no leader"}}""" + "\n", "refuses (etcdserver: no leader)")]
    [InlineData("""{"error":{"grpc_code":14,"message":"etcdserver: not capable"}}""" + "\n", "refuses (etcdserver: not capable)")]
    public async Task A_watch_that_goes_mad_is_stale_with_the_reason(string line, string expected)
    {
        await using var server = await WebServer.StartAsync(context => context.Response.WriteAsync(context.Request.Path == "/v3/watch" ? Watching + line : """{"header":{"revision":"5"}}"""));
        await using var watch = new WatchRecorder(new EtcdSource(new EtcdSourceOptions { Endpoints = { server.Url } }), ServiceTarget.Parse("etcd:///orders"));
        await Eventually.True(() => watch.Seen.Any(static set => set.Freshness.Kind == FreshnessKind.Stale));
        Assert.Contains(expected, watch.Seen.First(static set => set.Freshness.Kind == FreshnessKind.Stale).Freshness.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_and_a_line_that_never_end_are_bounded()
    {
        var lists = 0;
        await using var server = await WebServer.StartAsync(async context =>
        {
            var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            if (context.Request.Path != "/v3/watch" && Interlocked.Increment(ref lists) == 1)
            {
                await context.Response.WriteAsync("""{"header":{"revision":"5"}}""");
                return;
            }

            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });
        await using var watch = new WatchRecorder(new EtcdSource(new EtcdSourceOptions { Endpoints = { server.Url } }), ServiceTarget.Parse("etcd:///orders"));
        await Eventually.True(() => watch.Last?.Freshness.Kind == FreshnessKind.Stale);
        Assert.Contains("a line longer than 33,554,432 bytes", watch.Last!.Freshness.Reason, StringComparison.Ordinal);
        var source = new EtcdSource(new EtcdSourceOptions { Endpoints = { server.Url } });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(ServiceTarget.Parse("etcd:///orders"), CancellationToken.None).AsTask());
        Assert.Contains("an answer larger than 33,554,432 bytes", error.Message, StringComparison.Ordinal);
    }
}
