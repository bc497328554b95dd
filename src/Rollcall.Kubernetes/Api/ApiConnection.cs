using System.Net;
using System.Net.Http.Headers;
using Rollcall.Kubernetes.Clusters;

namespace Rollcall.Kubernetes.Api;

/// <summary>What one reading of the settings gives: a handler with its certificates, and the credentials to send.</summary>
internal sealed class ApiConnection : IDisposable
{
    /// <exception cref="DiscoveryException">A certificate or key cannot be used.</exception>
    public ApiConnection(ClusterSettings settings, TimeSpan timeout, TimeProvider time)
    {
        Credentials = new ClusterCredentials(settings, time);
        Http = new HttpClient(CreateHandler(settings, timeout, time), disposeHandler: true)
        {
            BaseAddress = settings.Server.AbsoluteUri.EndsWith('/') ? settings.Server : new Uri(settings.Server.AbsoluteUri + "/"),
            Timeout = Timeout.InfiniteTimeSpan, // a watch has no end; every other limit is ours
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        Http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        Http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("rollcall", typeof(ApiConnection).Assembly.GetName().Version?.ToString(3)));
    }

    public HttpClient Http { get; }

    public ClusterCredentials Credentials { get; }

    public void Dispose()
    {
        Http.Dispose();
        Credentials.Dispose();
    }

    private SocketsHttpHandler CreateHandler(ClusterSettings settings, TimeSpan timeout, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = ClusterTls.Create(settings, Credentials, time),
            AllowAutoRedirect = false, // a token must not follow to where somebody else points
            UseCookies = false,
            ConnectTimeout = timeout,
            EnableMultipleHttp2Connections = true, // a second one only when a server allows no more streams on the first
            InitialHttp2StreamWindowSize = 1024 * 1024,
            // Finds a connection that has silently died within half a minute, whatever the watches on it do.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (settings.Proxy is { } proxy)
            (handler.Proxy, handler.UseProxy) = (new WebProxy(WithoutUser(proxy)) { Credentials = CredentialsOf(proxy) }, true);
        return handler;
    }

    private static NetworkCredential? CredentialsOf(Uri proxy)
    {
        var parts = proxy.UserInfo.Split(':', 2);
        return parts.Length == 2 ? new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1])) : null;
    }

    // What a proxy refuses is told with its address, as it was given to the handler.
    private static Uri WithoutUser(Uri proxy) => new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;
}
