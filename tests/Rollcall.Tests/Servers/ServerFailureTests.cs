using System.Net.Sockets;
using Rollcall.Servers;

namespace Rollcall.Tests.Servers;

public sealed class ServerFailureTests
{
    private static readonly Uri Server = new("http://bob:secret@registry.example:8500/v1/health");

    public static TheoryData<Exception, string> Failures => new()
    {
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), "refuses connections" },
        { new HttpRequestException("x", new SocketException((int)SocketError.HostNotFound)), "has a name that cannot be resolved" },
        { new HttpRequestException("x", new SocketException((int)SocketError.NetworkUnreachable)), "cannot be reached" },
        { new TimeoutException("no answer within 5s"), "does not answer (no answer within 5s)" },
        { new HttpRequestException("x", new UntrustedServerException("the server's certificate is for a")), "is not trusted: the server's certificate is for a" },
        { new HttpRequestException("x", new System.Security.Authentication.AuthenticationException("see inner", new IOException("no frame."))), "and we do not agree on TLS (no frame)" },
        { new IOException("x", new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.")), "broke the connection (The response ended prematurely" },
        { new AnswerTooLargeException("an answer larger than 5 bytes, which is the limit"), "gives an answer larger than 5 bytes" },
        { new InvalidOperationException("odd."), "failed (odd)" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_says_what_was_tried_on_what_why_it_failed_and_what_to_do(Exception failure, string expected)
    {
        var error = ServerFailure.Explain("list the endpoints of orders", Server, failure, "Start it.");
        Assert.StartsWith("Cannot list the endpoints of orders: http://registry.example:8500 " + expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Start it.", error.Message, StringComparison.Ordinal);
        Assert.Same(failure, error.InnerException);
    }

    [Fact]
    public void No_credentials_of_the_address_are_told() =>
        Assert.DoesNotContain("secret", ServerFailure.Explain("ask", Server, new TimeoutException(), "x").Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_explained_already_stays_as_it_is()
    {
        var known = new DiscoveryException("known");
        Assert.Same(known, ServerFailure.Explain("ask", Server, known, "x"));
    }

    [Fact]
    public void What_a_network_may_do_is_transport_and_a_bug_is_not()
    {
        Assert.All(Failures.Select(static row => row.Data.Item1).Where(static failure => failure is not InvalidOperationException), static failure => Assert.True(ServerFailure.IsTransport(failure)));
        Assert.False(ServerFailure.IsTransport(new InvalidOperationException()));
        Assert.False(ServerFailure.IsTransport(new OperationCanceledException()));
    }
}
