using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.Mirroring;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class MirrorTests
{
    [Fact]
    public async Task A_copy_says_the_same_and_its_answer_is_nobodys()
    {
        await using var orders = await TestBackEnd.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        var copies = new ConcurrentQueue<string>();
        await using var shadow = await TestBackEnd.StartAsync(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            copies.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers["x-user"]} {context.Request.ContentType} {body}");
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("shadow");
        });
        await using var gateway = await StartAsync(orders, shadow);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/orders/7?x=%20y", UriKind.Relative)) { Content = new StringContent("body") };
        request.Headers.Add("x-user", "ann");

        using var answer = await gateway.Client.SendAsync(request);

        Assert.Equal("body", await answer.Content.ReadAsStringAsync());
        await gateway.GetAsync("/api/orders");
        await Eventually.True(() => copies.Count == 2 && Mirror(gateway).UnderWay == 0);
        Assert.Contains("POST /orders/7?x=%20y ann text/plain; charset=utf-8 body", copies);
        Assert.Contains("GET /orders   ", copies);
        Assert.Equal((2, 0, 0, 0), Counts(gateway));
    }

    [Fact]
    public async Task What_cannot_be_copied_is_not_and_goes_on_as_it_is()
    {
        await using var orders = await TestBackEnd.StartAsync(static async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        await using var shadow = await TestBackEnd.SayingAsync("shadow");
        await using var gateway = await StartAsync(orders, shadow, "maxBodyBytes: 4");

        Assert.Equal("longer", await PostAsync(gateway, "longer", isChunked: false));
        Assert.Equal("a", await PostAsync(gateway, "a", isChunked: true));
        Assert.Equal((0, 0, 2, 0), Counts(gateway));
        Assert.Equal("four", await PostAsync(gateway, "four", isChunked: false));
        await Eventually.True(() => Counts(gateway) == (1, 0, 2, 0));
    }

    [Fact]
    public async Task Copies_that_are_never_answered_hold_nobody_up_and_no_more_are_sent_than_may_be_until_the_route_is_given_up()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        var asked = 0;
        await using var shadow = await TestBackEnd.StartAsync(async context =>
        {
            Interlocked.Increment(ref asked);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        await using var gateway = await StartAsync(orders, shadow, "maxConcurrent: 2");

        for (var i = 0; i < 5; i++)
            Assert.Equal("orders", await gateway.GetAsync("/api/"));

        await Eventually.True(() => Volatile.Read(ref asked) == 2);
        var mirror = Mirror(gateway);
        Assert.Equal(((2, 0, 0, 3), 2), (Counts(gateway), mirror.UnderWay));
        mirror.Dispose();
        await Eventually.True(() => mirror.UnderWay == 0);
        Assert.Equal((2, 2, 0, 3), Counts(gateway));
    }

    [Fact]
    public async Task A_copy_is_sent_once_whatever_becomes_of_it()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        var asked = 0;
        await using var shadow = await TestBackEnd.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var other = await TestBackEnd.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Abort();
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              shadow: { target: "static:///127.0.0.1:{{shadow.Url.Port}},127.0.0.1:{{other.Url.Port}},127.0.0.1:1", balancer: round-robin }
            default: { to: "{{orders.Target}}", mirror: { to: shadow } }
            """);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("orders", await gateway.GetAsync("/"));
            await Eventually.True(() => gateway.Host.Routes.Current.Find("default")!.Mirror!.UnderWay == 0);
        }

        Assert.Equal(((3, 3, 0, 0), 2), (Counts(gateway, "default"), Volatile.Read(ref asked)));
    }

    [Fact]
    public async Task A_share_is_drawn_by_chance()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var gateway = await StartAsync(orders, orders, "share: 25%");
        var mirror = Mirror(gateway);
        var random = new Random(1);
        var drawn = Enumerable.Range(0, 10_000).Count(_ => mirror.Draws((ulong)random.NextInt64(long.MinValue, long.MaxValue)));

        Assert.InRange(drawn, 2300, 2700);
        Assert.False(mirror.Draws(ulong.MaxValue));
        Assert.True(mirror.Draws(0));
    }

    [Fact]
    public async Task A_mirror_that_has_changed_is_another_and_goes_on_to_count()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var gateway = await StartAsync(orders, orders);
        var (before, counts) = (Mirror(gateway), gateway.Host.Routes.Current.Find("orders")!.State.Mirrored);

        await File.WriteAllTextAsync(gateway.File, (await File.ReadAllTextAsync(gateway.File)).Replace("100%", "50%", StringComparison.Ordinal));
        await gateway.ReloadAsync();

        Assert.NotSame(before, Mirror(gateway));
        Assert.Same(counts, gateway.Host.Routes.Current.Find("orders")!.State.Mirrored);
    }

    private static Task<TestGateway> StartAsync(TestBackEnd orders, TestBackEnd shadow, string options = "share: 100%") => TestGateway.StartAsync($$"""
        routes:
          orders:
            path: /api/{**rest}
            to: {{orders.Target}}
            mirror: { to: "{{shadow.Target}}", {{options}} }
            transforms:
              - PathRemovePrefix: /api
        """);

    private static RouteMirror Mirror(TestGateway gateway) => gateway.Host.Routes.Current.Find("orders")!.Mirror!;

    private static (long Sent, long Failed, long Skipped, long Dropped) Counts(TestGateway gateway, string route = "orders")
    {
        var counts = gateway.Host.Routes.Current.Find(route)!.State.Mirrored;
        return (counts.Sent, counts.Failed, counts.Skipped, counts.Dropped);
    }

    private static async Task<string> PostAsync(TestGateway gateway, string body, bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/", UriKind.Relative)) { Content = new StringContent(body) };
        request.Headers.TransferEncodingChunked = isChunked;
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
