using System.Collections.Immutable;
using System.Net;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>A routes file, read and checked. Immutable.</summary>
internal sealed record GatewayConfig
{
    /// <summary>In the order of the file; the default route, when there is one, is the last.</summary>
    public required ImmutableArray<GatewayRouteConfig> Routes { get; init; }

    /// <summary>Those of the file, and one for each target that a route names directly. By name.</summary>
    public required ImmutableSortedDictionary<string, GatewayClusterConfig> Clusters { get; init; }

    /// <summary>The status of a request that no route takes; null for what HTTP has for it: 404, or 405 when it is only for its method.</summary>
    public int? UnmatchedStatus { get; init; }

    /// <summary>Whose forwarded headers are believed.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>For listeners with https.</summary>
    public ImmutableArray<CertificateConfig> Certificates { get; init; } = [];

    /// <summary>The header that carries a request's correlation id; null when requests get none.</summary>
    public string? CorrelationHeader { get; init; } = "X-Request-Id";

    /// <summary>Null when requests are not written down.</summary>
    public AccessLogConfig? AccessLog { get; init; }

    public LimitsConfig Limits { get; init; } = new();

    /// <summary>When requests are refused because there are too many; null for never.</summary>
    public OverloadConfig? Overload { get; init; }
}

/// <summary>What a client may send, and how slowly.</summary>
internal sealed record LimitsConfig
{
    /// <summary>The longest body of a request, where its route says nothing else; null for no limit.</summary>
    public long? MaxBodyBytes { get; init; } = 30_000_000;

    /// <summary>The first line and the headers of a request, each.</summary>
    public int MaxHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>Connections of clients; null for no limit. Heeded at start only.</summary>
    public long? MaxConnections { get; init; }

    /// <summary>How long a head may take to arrive.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection without a request is kept.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);
}

/// <summary>A certificate for the hosts it names.</summary>
/// <param name="CertificateFile">PEM, with its chain.</param>
/// <param name="KeyFile">PEM; null when the key is in the certificate's file.</param>
/// <param name="Hosts">For which server names it is shown; empty for those that the certificate itself names.</param>
/// <param name="Place">Where it stands in the routes file.</param>
internal sealed record CertificateConfig(string CertificateFile, string? KeyFile, ImmutableArray<string> Hosts, DataNode Place);

/// <summary>Where requests are written down, and how.</summary>
/// <param name="File">A file; <c>-</c> is standard error.</param>
/// <param name="Format">How.</param>
/// <param name="Place">Where it stands in the routes file.</param>
internal sealed record AccessLogConfig(string File, AccessLogFormat Format, DataNode Place);

/// <summary>How a request is written down.</summary>
internal enum AccessLogFormat
{
    /// <summary>An object for each.</summary>
    Json,

    /// <summary>The combined log format of Apache httpd.</summary>
    Combined,
}

/// <summary>How much the gateway takes on at once.</summary>
/// <param name="MaxConcurrent">Requests under way.</param>
/// <param name="MaxQueued">Requests that may wait for their turn.</param>
/// <param name="MaxWait">How long one may wait.</param>
internal sealed record OverloadConfig(int MaxConcurrent, int MaxQueued, TimeSpan MaxWait);
