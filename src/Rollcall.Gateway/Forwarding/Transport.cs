using System.Diagnostics;
using System.Net;
using Rollcall.Gateway.Configuration;
using Rollcall.Servers;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>How connections are made. Clusters that say the same share their connections, also with those of a configuration before.</summary>
internal sealed record TransportSettings(
    TimeSpan ConnectTimeout, int? MaxConnections, string? TlsFiles, string? ServerName, bool SkipVerification)
{
    public static TransportSettings Of(GatewayClusterConfig cluster) => new(
        cluster.Client.ConnectTimeout,
        cluster.MaxConnections,
        cluster.Tls?.Stamps,
        cluster.Tls?.Options.ServerName,
        cluster.Tls?.Options.SkipVerification ?? false);
}

/// <summary>The connections of one or more clusters.</summary>
internal sealed class Transport : IDisposable
{
    public Transport(TransportSettings settings, TlsOptions? tls, TimeProvider time)
    {
        Settings = settings;
        var handler = new SocketsHttpHandler
        {
            // A gateway passes on what it gets: it follows nothing, unpacks nothing, keeps nothing, and asks no proxy.
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
            ConnectTimeout = settings.ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = settings.MaxConnections ?? int.MaxValue,
        };
        if (tls is not null)
            handler.SslOptions = ServerTrust.Create(tls, time);
        Handler = handler;
    }

    public TransportSettings Settings { get; }

    public HttpMessageHandler Handler { get; }

    public void Dispose() => Handler.Dispose();
}
