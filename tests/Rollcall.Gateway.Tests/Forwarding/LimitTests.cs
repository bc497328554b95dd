using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class LimitTests
{
    [Fact]
    public async Task A_client_over_its_rate_is_told_when_to_come_again_and_others_are_not_in_its_way()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var gateway = await TestGateway.StartAsync(
            $$"""
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
                rateLimits:
                  - { requests: 2, per: 1m, by: "header:x-user" }
              other:
                path: /other
                to: {{orders.Target}}
            """,
            static services => services.AddSingleton<TimeProvider>(new VirtualTime()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "ann"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "ann"));

        using var request = Request("ann");
        using var third = await gateway.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);

        // Whole seconds, rounded up.
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 30, 31);
        Assert.Contains("urn:rollcall:problem:rate-limited", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "bob"));
        Assert.Equal("orders", await gateway.GetAsync("/other"));
        Assert.Equal(1, gateway.Host.Routes.Current.Find("orders")!.State.Limited);
    }

    [Fact]
    public async Task A_route_that_is_full_refuses_at_once_and_takes_the_next_when_one_has_left()
    {
        var leave = new TaskCompletionSource();
        await using var orders = await TestBackEnd.StartAsync(async context =>
        {
            await leave.Task;
            await context.Response.WriteAsync("orders");
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
                maxConcurrent: 1
            """);
        var route = gateway.Host.Routes.Current.Find("orders")!;
        var first = gateway.GetAsync("/orders");
        await Eventually.True(() => route.State.Concurrency!.UnderWay == 1);

        using var second = await gateway.Client.GetAsync(new Uri("/orders", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
        leave.SetResult();
        Assert.Equal("orders", await Eventually.Within(first));
        await Eventually.True(() => route.State.Concurrency!.UnderWay == 0);
        Assert.Equal("orders", await gateway.GetAsync("/orders"));
        Assert.Equal(1, route.State.Shed);
    }

    [Fact]
    public async Task A_gateway_that_is_full_refuses_on_every_route()
    {
        var leave = new TaskCompletionSource();
        await using var orders = await TestBackEnd.StartAsync(context => leave.Task);
        await using var gateway = await TestGateway.StartAsync($$"""
            overload: { maxConcurrent: 2 }
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
              other:
                path: /other
                to: {{orders.Target}}
            """);
        Task<string>[] first = [gateway.GetAsync("/orders"), gateway.GetAsync("/other")];
        await Eventually.True(() => gateway.Host.Routes.Current.Overload!.UnderWay == 2);

        using var third = await gateway.Client.GetAsync(new Uri("/other", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.Contains("overloaded", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        leave.SetResult();
        await Eventually.Within(Task.WhenAll(first));
        await Eventually.True(() => gateway.Host.Routes.Current.Overload!.UnderWay == 0);
    }

    private static HttpRequestMessage Request(string user) => new(HttpMethod.Get, new Uri("/orders", UriKind.Relative)) { Headers = { { "x-user", user } } };

    private static async Task<HttpStatusCode> StatusAsync(TestGateway gateway, string user)
    {
        using var request = Request(user);
        using var answer = await gateway.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
