using Microsoft.AspNetCore.Http;

namespace Rollcall.Gateway.Tests.Requests;

public sealed class CorrelationIdTests
{
    private const string Header = "X-Request-Id";

    [Theory]
    [InlineData("abc-123", true)]
    [InlineData("a b", false)]
    [InlineData("129", false)]
    [InlineData(null, false)]
    public async Task A_request_keeps_a_usable_id_and_gets_one_otherwise_and_the_answer_has_it_once(string? given, bool isKept)
    {
        // An endpoint may well answer with an id of its own.
        await using var orders = await TestBackEnd.StartAsync(static context =>
        {
            context.Response.Headers[Header] = "theirs";
            return context.Response.WriteAsync(context.Request.Headers[Header].ToString());
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
            """);
        given = given is "129" ? new string('a', 129) : given;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/orders", UriKind.Relative));
        if (given is not null)
            request.Headers.TryAddWithoutValidation(Header, given);

        using var answer = await gateway.Client.SendAsync(request);

        var id = Assert.Single(answer.Headers.GetValues(Header));
        Assert.Equal(id, await answer.Content.ReadAsStringAsync());
        if (isKept)
            Assert.Equal(given, id);
        else
            Assert.Matches("^[0-9a-f]{32}$", id);
    }

    [Fact]
    public async Task None_configured_No_request_gets_one()
    {
        await using var orders = await TestBackEnd.StartAsync(static context => context.Response.WriteAsync(context.Request.Headers[Header].ToString()));
        await using var gateway = await TestGateway.StartAsync($$"""
            correlationHeader: none
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
            """);

        using var answer = await gateway.Client.GetAsync(new Uri("/orders", UriKind.Relative));

        Assert.False(answer.Headers.Contains(Header));
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }
}
