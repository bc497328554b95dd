using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Tests.Api;

public sealed class NodeFailureTests
{
    private static Task<ServiceListDocument> Ask(FakeHandler handler, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        new NodeClient(handler.Client(), time).ListServicesAsync(cancellationToken);

    [Fact]
    public async Task A_refused_connection_says_how_to_start_a_node()
    {
        var refused = new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException((int)SocketError.ConnectionRefused));

        var error = await Assert.ThrowsAsync<NodeException>(() => Ask(new FakeHandler(refused)));

        Assert.True(error.IsUnreachable);
        Assert.True(error.IsTransient);
        Assert.Equal(
            "Could not list the services: connection refused (http://node:7655). " +
            "Is a node running there? Start one with `rollcall serve`, or name another (--node on a command line, Rollcall:Node in an application, or ROLLCALL_NODE).",
            error.Message);
    }

    [Fact]
    public async Task A_problem_is_told_in_the_nodes_words_with_every_field()
    {
        const string problem = """
            {"type":"urn:rollcall:problem:invalid-request","title":"Invalid request","status":400,"detail":"The registration is refused",
             "errors":{"ttl":"must be 1s to 24h","ports.http":"must be 1 to 65535."}}
            """;

        var error = await Assert.ThrowsAsync<NodeException>(() => Ask(new FakeHandler(HttpStatusCode.BadRequest, problem, "application/problem+json")));

        Assert.Equal("Could not list the services: The registration is refused. ttl: must be 1s to 24h. ports.http: must be 1 to 65535.", error.Message);
        Assert.Equal(400, error.Status);
        Assert.True(error.Is("invalid-request"));
        Assert.False(error.Is("not-owner"));
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_field_that_is_the_detail_is_told_once()
    {
        const string problem = """
            {"type":"urn:rollcall:problem:invalid-request","status":400,"detail":"at: lies in the future; now is noon","errors":{"at":"lies in the future; now is noon"}}
            """;

        var error = await Assert.ThrowsAsync<NodeException>(() => Ask(new FakeHandler(HttpStatusCode.BadRequest, problem, "application/problem+json")));

        Assert.Equal("Could not list the services: at: lies in the future; now is noon.", error.Message);
    }

    [Fact]
    public async Task A_busy_node_says_when_to_come_back()
    {
        var handler = new FakeHandler((_, _) =>
        {
            var response = FakeHandler.Response(
                HttpStatusCode.ServiceUnavailable, """{"type":"urn:rollcall:problem:busy","status":503}""", "application/problem+json");
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(3));
            return Task.FromResult(response);
        });

        var error = await Assert.ThrowsAsync<NodeException>(() => Ask(handler));

        Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
        Assert.True(error.IsTransient);
        Assert.True(error.Is("busy"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "<html>", "text/html")]
    [InlineData(HttpStatusCode.NotFound, "{", "application/problem+json")]
    [InlineData(HttpStatusCode.OK, "<html>", "text/html")]
    [InlineData(HttpStatusCode.OK, "null", "application/json")]
    [InlineData(HttpStatusCode.OK, "{}", "application/json")]
    public async Task Something_that_is_no_node_is_told_apart(HttpStatusCode status, string body, string mediaType)
    {
        var error = await Assert.ThrowsAsync<NodeException>(() => Ask(new FakeHandler(status, body, mediaType)));

        Assert.Contains("in a form no Rollcall node uses", error.Message, StringComparison.Ordinal);
        Assert.Equal((int)status, error.Status);
    }

    [Fact]
    public async Task A_silent_node_is_given_up_on_after_the_timeout()
    {
        var time = new VirtualTime();
        var handler = new FakeHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new UnreachableAnswerException();
        });

        var asked = Ask(handler, time);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        var error = await Assert.ThrowsAsync<NodeException>(() => Eventually.Within(asked));
        Assert.StartsWith("Could not list the services: no answer within 10s (http://node:7655).", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsUnreachable);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_failure_of_the_node()
    {
        using var cancel = new CancellationTokenSource();
        var handler = new FakeHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new UnreachableAnswerException();
        });

        var asked = Ask(handler, cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(asked));
        Assert.Equal(cancel.Token, error.CancellationToken);
    }

    private sealed class UnreachableAnswerException : Exception;
}
