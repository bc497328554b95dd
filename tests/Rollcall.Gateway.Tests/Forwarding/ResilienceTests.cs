using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class ResilienceTests
{
    [Theory]
    [InlineData("", true, HttpStatusCode.OK)]
    [InlineData("maxReplayBytes: 3", true, HttpStatusCode.BadGateway)]
    [InlineData("", false, HttpStatusCode.BadGateway)]
    public async Task An_idempotent_request_whose_endpoint_dies_is_sent_again_with_its_body_when_that_is_short_and_of_known_length(string entry, bool hasLength, HttpStatusCode expected)
    {
        await using var dying = await TestBackEnd.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Abort();
        });
        await using var working = await TestBackEnd.StartAsync(static async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders:
                target: static:///127.0.0.1:{{dying.Url.Port}},127.0.0.1:{{working.Url.Port}}
                balancer: first
                {{entry}}
            default: orders
            """, services => services.AddSingleton<IBalancer>(new FirstBalancer(dying.Url.Port)));
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/orders/7", UriKind.Relative)) { Content = new StringContent("body") };
        request.Headers.TransferEncodingChunked = !hasLength;

        using var answer = await gateway.Client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.OK)
            Assert.Equal("body", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_of_unknown_length_reaches_the_endpoint_while_it_is_sent()
    {
        var first = new TaskCompletionSource();
        await using var orders = await TestBackEnd.StartAsync(async context =>
        {
            Assert.Equal(1, await context.Request.Body.ReadAsync(new byte[1]));
            first.SetResult();
            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        await using var gateway = await TestGateway.StartAsync($"default: {orders.Target}");
        var pipe = new System.IO.Pipelines.Pipe();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/orders", UriKind.Relative)) { Content = new StreamContent(pipe.Reader.AsStream()) };
        var sending = gateway.Client.SendAsync(request);

        // More than what is on the way may keep for itself.
        await pipe.Writer.WriteAsync(new byte[32 * 1024]);
        await Eventually.Within(first.Task);
        await pipe.Writer.CompleteAsync();

        using var answer = await Eventually.Within(sending);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_breaker_that_is_open_spares_the_service_and_the_answer_says_so()
    {
        var asked = 0;
        await using var orders = await TestBackEnd.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders: { target: "{{orders.Target}}", breakerMinRequests: 2, breakerPause: 30m }
            default: orders
            """);
        for (var i = 0; i < 2; i++)
            (await gateway.Client.GetAsync(new Uri("/", UriKind.Relative))).Dispose();

        using var refused = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 2), (refused.StatusCode, asked));
        Assert.Contains("urn:rollcall:problem:breaker-open", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task Requests_over_the_limit_of_a_cluster_are_refused_as_too_many()
    {
        var leave = new TaskCompletionSource();
        await using var orders = await TestBackEnd.StartAsync(_ => leave.Task);
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders: { target: "{{orders.Target}}", maxRequests: 1, maxQueue: 0 }
            default: orders
            """);
        var first = gateway.GetAsync("/");
        await Eventually.True(() => gateway.Host.Routes.Current.Clusters["orders"].Current?.Items.Single().Endpoint.InFlight == 1);

        using var second = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Contains("urn:rollcall:problem:overloaded", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        leave.SetResult();
        await Eventually.Within(first);
    }

    private sealed class FirstBalancer(int port) : IBalancer
    {
        public string Name => "first";

        public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
        {
            var first = 0;
            while (!candidates[first].Endpoint.Ports.Values.Contains(port))
                first++;
            return new Picker(first);
        }

        private sealed class Picker(int first) : IEndpointPicker
        {
            public int Pick(in PickContext context) => first;
        }
    }
}
