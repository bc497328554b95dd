using System.Net.Security;

namespace Rollcall.Servers;

/// <summary>HTTP towards somebody else's server: no redirects of its own, no cookies, a deadline on the caller's clock.</summary>
internal static class ServerHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A client with connections of its own, which close when it is disposed of. They are renewed every 2 minutes, so that a name that moved is noticed.
    /// It has no timeout: long polls and streams take their time, everything else goes through <see cref="SendAsync"/>.
    /// </summary>
    /// <param name="tls">See <see cref="ServerTrust"/>.</param>
    /// <param name="useProxy">True to follow the proxy variables of the environment.</param>
    public static HttpClient CreateClient(SslClientAuthenticationOptions tls, bool useProxy = false) => new(
        new SocketsHttpHandler
        {
            UseProxy = useProxy,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            SslOptions = tls,
        },
        disposeHandler: true)
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends it and waits for the head of the response; the body is still to be read.</summary>
    /// <param name="http">Made by <see cref="CreateClient"/>.</param>
    /// <param name="request">Not disposed of.</param>
    /// <param name="limit">How long the head may take.</param>
    /// <param name="time">The clock of <paramref name="limit"/>.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    /// <exception cref="HttpRequestException">The server could not be asked.</exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpRequestMessage request, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own limit for connecting ends in the same exception as ours.
            throw new TimeoutException(
                timeout.IsCancellationRequested ? $"no answer within {DurationText.Format(limit)}" : $"no connection within {DurationText.Format(ConnectTimeout)}", error);
        }
    }
}
