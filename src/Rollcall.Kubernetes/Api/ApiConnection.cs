using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Kubernetes.Clusters;

namespace Rollcall.Kubernetes.Api;

/// <summary>What one reading of the settings gives: a handler with its certificates, and the credentials to send.</summary>
internal sealed class ApiConnection : IDisposable
{
    // No request goes over a connection that is older: addresses behind the name of the server, and what it knows of us, may have changed meanwhile.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly ClusterSettings _settings;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly string? _files;
    private readonly Lock _gate = new();
    private X509Certificate2? _shown;
    private HttpClient _http;

    /// <exception cref="DiscoveryException">A certificate or key cannot be used.</exception>
    public ApiConnection(ClusterSettings settings, TimeSpan timeout, TimeProvider time)
    {
        _settings = settings;
        _timeout = timeout;
        _time = time;
        _files = ClusterTls.Fingerprint(settings);
        Credentials = new ClusterCredentials(settings, time);
        _http = CreateClient();
    }

    public ClusterCredentials Credentials { get; }

    /// <summary>True when the files with certificates and keys say something else than when this was made.</summary>
    public bool IsOutdated => _files is not null && ClusterTls.Fingerprint(_settings) is { } files && files != _files;

    /// <summary>The client to send with, once the credentials are known: a server looks at a certificate when a connection begins, so another one means another connection.</summary>
    public HttpClient Http()
    {
        lock (_gate)
        {
            if (Credentials.Certificate is not { } certificate || certificate.Equals(_shown))
                return _http;
            if (_shown is not null)
            {
                _http.Dispose();
                _http = CreateClient();
            }

            _shown = certificate;
            return _http;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _http.Dispose();
        Credentials.Dispose();
    }

    private HttpClient CreateClient()
    {
        var http = new HttpClient(CreateHandler(_settings, _timeout, _time), disposeHandler: true)
        {
            BaseAddress = _settings.Server.AbsoluteUri.EndsWith('/') ? _settings.Server : new Uri(_settings.Server.AbsoluteUri + "/"),
            Timeout = Timeout.InfiniteTimeSpan, // a watch has no end; every other limit is ours
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("rollcall", typeof(ApiConnection).Assembly.GetName().Version?.ToString(3)));
        return http;
    }

    private SocketsHttpHandler CreateHandler(ClusterSettings settings, TimeSpan timeout, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = ClusterTls.Create(settings, Credentials, time),
            PooledConnectionLifetime = Lifetime,
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
