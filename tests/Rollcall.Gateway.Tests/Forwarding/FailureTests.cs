using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class FailureTests
{
    private static readonly Uri Root = new("/", UriKind.Relative);

    [Fact]
    public async Task A_request_that_failed_everywhere_says_how_often_it_was_tried_and_not_where()
    {
        await using var gateway = await TestGateway.StartAsync("default: static:///127.0.0.1:1,127.0.0.1:2,127.0.0.1:3");

        using var answer = await gateway.Client.GetAsync(Root);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(("urn:rollcall:problem:unreachable", "Route 'default': no endpoint of its service could be reached, in 3 tries."), await ProblemAsync(answer));
    }

    [Fact]
    public async Task A_body_that_takes_longer_than_its_route_allows_is_told_so()
    {
        await using var backEnd = await TestBackEnd.StartAsync(static async context => await context.Request.Body.CopyToAsync(Stream.Null));
        await using var gateway = await TestGateway.StartAsync($$"""default: { to: "{{backEnd.Target}}", timeout: 200ms }""");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port);
        await using var stream = client.GetStream();

        // And no more of it.
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: orders\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n"u8.ToArray());

        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 504 Gateway Timeout", await Eventually.Within(reader.ReadLineAsync()));
    }

    [Fact]
    public async Task A_method_that_no_route_of_a_path_takes_goes_to_the_default()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var legacy = await TestBackEnd.SayingAsync("legacy");
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders: { path: /orders, methods: GET, to: "{{orders.Target}}" }
            default: {{legacy.Target}}
            """);

        using var answer = await gateway.Client.PostAsync(new Uri("/orders", UriKind.Relative), content: null);

        Assert.Equal("legacy", await answer.Content.ReadAsStringAsync());
        Assert.Equal("orders", await gateway.GetAsync("/orders"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("unmatched: 421\n", HttpStatusCode.MisdirectedRequest, "no-such-route")]
    public async Task Without_a_default_it_is_told_which_methods_there_are_unless_the_file_says_otherwise(string unmatched, HttpStatusCode status, string type)
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            {{unmatched}}routes:
              orders: { path: /orders, methods: [GET, HEAD], to: "static:///127.0.0.1:1" }
              more: { path: /orders, methods: PUT, to: "static:///127.0.0.1:1" }
            """);

        using var answer = await gateway.Client.PostAsync(new Uri("/orders", UriKind.Relative), content: null);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(["GET", "HEAD", "PUT"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
        Assert.Equal("urn:rollcall:problem:" + type, (await ProblemAsync(answer)).Type);
    }

    private static async Task<(string? Type, string? Detail)> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
        return (problem.GetProperty("type").GetString(), problem.GetProperty("detail").GetString());
    }
}
