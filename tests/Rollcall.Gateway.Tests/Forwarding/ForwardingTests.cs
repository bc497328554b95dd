using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class ForwardingTests
{
    [Fact]
    public async Task A_request_goes_where_its_route_leads()
    {
        await using var orders = await TestBackEnd.StartAsync(static context => context.Response.WriteAsync($"orders {context.Request.Path}{context.Request.QueryString}"));
        await using var legacy = await TestBackEnd.SayingAsync("legacy");
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders:
                path: /orders/{**rest}
                to: {{orders.Target}}
                transforms:
                  - PathRemovePrefix: /orders
            default: {{legacy.Target}}
            """);

        Assert.Equal("orders /7?x=%20y", await gateway.GetAsync("/orders/7?x=%20y"));
        Assert.Equal("legacy", await gateway.GetAsync("/anything"));
    }

    [Fact]
    public async Task A_request_without_a_route_is_told_so()
    {
        await using var gateway = await TestGateway.StartAsync("""
            unmatched: 421
            routes:
              orders:
                path: /orders
                to: static:///127.0.0.1:1
            """);

        using var answer = await gateway.Client.GetAsync(new Uri("/other", UriKind.Relative));

        Assert.Equal((HttpStatusCode)421, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("urn:rollcall:problem:no-such-route", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_nobody_serves_is_unavailable_and_others_are_not()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var gateway = await TestGateway.StartAsync($"""
            routes:
              orders:
                path: /orders
                to: {orders.Target}
              refused:
                path: /refused
                to: static:///127.0.0.1:1
              missing:
                path: /missing
                to: file:///does/not/exist.yaml#missing
            """);

        Assert.Equal("orders", await gateway.GetAsync("/orders"));
        using var refused = await gateway.Client.GetAsync(new Uri("/refused", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        var detail = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Route 'refused': no endpoint of its service could be reached", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", detail, StringComparison.Ordinal);
    }
}
