using Rollcall.Http;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>A service that requests are sent to.</summary>
internal sealed record GatewayClusterConfig
{
    /// <summary>Its name in the file; the target's text for one that a route names directly.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the file has given it its name. No such name can be a target's text.</summary>
    public bool IsNamed => !Name.Contains(':', StringComparison.Ordinal);

    public required ServiceTarget Target { get; init; }

    /// <summary>The file's own text of it, without places, and the state of the files that it names: two of the same text are the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The scheme with which endpoints are spoken to: <c>http</c>, <c>https</c>, <c>https+http</c>, <c>http+https</c>.</summary>
    public string Scheme { get; init; } = "http+https";

    /// <summary>The port to use, by name; null for the one called like the scheme, or the only one.</summary>
    public string? Port { get; init; }

    public ClusterProtocol Protocol { get; init; } = ClusterProtocol.Auto;

    /// <summary>How endpoints are chosen and tried: what is configured for all clients of the process, and what the file says otherwise. Not changed any more.</summary>
    public required RollcallClientOptions Client { get; init; }

    /// <summary>Connections to one endpoint with HTTP/1.1; null for no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How endpoints with https are trusted.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Where it stands in the file.</summary>
    public required DataNode Place { get; init; }
}

/// <summary>What is spoken with endpoints.</summary>
internal enum ClusterProtocol
{
    /// <summary>HTTP/2 where an encrypted connection negotiates it, else HTTP/1.1.</summary>
    Auto,

    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2, also in the clear; what gRPC needs.</summary>
    Http2,

    /// <summary>HTTP/3.</summary>
    Http3,
}
