using System.Net.Sockets;
using System.Security.Authentication;

namespace Rollcall.Servers;

/// <summary>Says in one line for a person why a server could not be asked.</summary>
internal static class ServerFailure
{
    /// <summary>A failure of transport, as what a source may throw.</summary>
    /// <param name="action">What was tried, such as <c>list the endpoints of orders</c>.</param>
    /// <param name="server">The server, without credentials.</param>
    /// <param name="failure">Why it failed.</param>
    /// <param name="advice">What to do about it, a sentence.</param>
    public static DiscoveryException Explain(string action, Uri server, Exception failure, string advice) =>
        failure as DiscoveryException
        ?? new DiscoveryException($"Cannot {action}: {server.GetLeftPart(UriPartial.Authority)} {Describe(failure)}. {advice}", failure);

    /// <summary>True for what a network may do to a request at any time.</summary>
    public static bool IsTransport(Exception failure) => failure is HttpRequestException or IOException or TimeoutException or SocketException or AuthenticationException;

    private static string Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return $"is not trusted: {cause.Message.TrimEnd('.')}";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "refuses connections";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } socket:
                    return $"has a name that cannot be resolved ({socket.Message.TrimEnd('.')})";
                case SocketException socket:
                    return $"cannot be reached ({socket.Message.TrimEnd('.')})";
                case TimeoutException:
                    return $"does not answer ({cause.Message.TrimEnd('.')})";
            }
        }

        return failure is HttpRequestException or IOException
            ? $"broke the connection ({failure.GetBaseException().Message.TrimEnd('.')})"
            : $"failed ({failure.Message.TrimEnd('.')})";
    }
}
