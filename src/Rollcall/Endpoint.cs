namespace Rollcall;

/// <summary>One place a service can be reached. Immutable; compared by content.</summary>
/// <example><code>var endpoint = new Endpoint("orders-1", "10.0.0.5", 8080) { Zone = "a" };</code></example>
public sealed record Endpoint
{
    /// <summary>The weight of an endpoint that names none.</summary>
    public const int DefaultWeight = 100;

    /// <summary>The name of the port of an endpoint that has one unnamed port.</summary>
    public const string DefaultPortName = "http";

    /// <summary>An endpoint with any number of named ports.</summary>
    /// <param name="id">Stable identity inside its service; outlives a change of address.</param>
    /// <param name="host">An IP address or host name, without a port; IPv6 without brackets.</param>
    /// <param name="ports">Port numbers (1 to 65535) by name.</param>
    public Endpoint(string id, string host, SmallMap<int> ports)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(ports);
        Id = id;
        Host = host;
        Ports = ports;
    }

    /// <summary>An endpoint with one port, named <see cref="DefaultPortName"/>.</summary>
    /// <param name="id">Stable identity inside its service.</param>
    /// <param name="host">An IP address or host name, without a port.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    public Endpoint(string id, string host, int port)
        : this(id, host, new SmallMap<int>([new(DefaultPortName, port)]))
    {
    }

    /// <summary>Stable identity inside its service.</summary>
    public string Id { get; init; }

    /// <summary>An IP address or host name, without a port; IPv6 without brackets.</summary>
    public string Host { get; init; }

    /// <summary>Port numbers by name.</summary>
    public SmallMap<int> Ports { get; init; }

    /// <summary>Whether it may be sent new work. Default: <see cref="EndpointState.Ready"/>.</summary>
    public EndpointState State { get; init; } = EndpointState.Ready;

    /// <summary>Why it is not ready, in words for a person; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Share of traffic relative to its siblings, 0 (none) to 100. Default: 100.</summary>
    public int Weight { get; init; } = DefaultWeight;

    /// <summary>
    /// Its failover group: 0 comes first, and a later group is sent to only when no endpoint of an earlier one is ready or could be reached. Default: 0.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>The failure domain it runs in; null when unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>The machine it runs on; null when unknown.</summary>
    public string? Node { get; init; }

    /// <summary>Labels that filters read.</summary>
    public SmallMap<string> Metadata { get; init; } = SmallMap<string>.Empty;

    /// <summary>When it entered its present <see cref="State"/> (UTC); null when the source does not say.</summary>
    public DateTimeOffset? Since { get; init; }
}
