using System.Net.Sockets;
using System.Security.Authentication;

namespace Rollcall.Servers;

/// <summary>Says in one line for a person why a server could not be asked.</summary>
internal static class ServerFailure
{
    /// <summary>A failure of transport, as what a source may throw.</summary>
    /// <param name="action">What was tried, such as <c>list the endpoints of orders</c>.</param>
    /// <param name="server">The server; what stands behind its port is not told.</param>
    /// <param name="failure">Why it failed.</param>
    /// <param name="advice">What to do about it, a sentence.</param>
    public static DiscoveryException Explain(string action, Uri server, Exception failure, string advice) =>
        failure as DiscoveryException
        ?? new DiscoveryException($"Cannot {action}: {NameOf(server)} {Describe(failure)}. {advice}", failure);

    /// <summary>A server as people may see it: scheme, host and port, but never the user and password of the URL.</summary>
    public static string NameOf(Uri server) => $"{server.Scheme}://{server.Authority}";

    /// <summary>True for what a network may do to a request at any time.</summary>
    public static bool IsTransport(Exception failure) => failure is HttpRequestException or IOException or TimeoutException or SocketException or AuthenticationException;

    private static string Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case UntrustedServerException:
                    return $"is not trusted: {cause.Message.TrimEnd('.')}";
                case AuthenticationException:
                    return $"and we do not agree on TLS ({cause.GetBaseException().Message.TrimEnd('.')}); it may speak plain http there, or ask for another client certificate";
                case AnswerTooLargeException:
                    return $"gives {cause.Message}; it may be the wrong address";
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
