using Rollcall.Balancing;

namespace Rollcall.Pooling;

/// <summary>
/// How a pool keeps its connections, and how it chooses endpoints, which begins with what is configured for all (<c>Rollcall:Balancer</c> and so on); a rented connection
/// counts as a request in flight. Read from <c>Rollcall:Pools:NAME</c> of the configuration; durations are written like <c>2s</c>, <c>500ms</c> or <c>00:00:02</c>.
/// </summary>
public sealed class ConnectionPoolOptions : BalancingOptions
{
    /// <summary>The section of the configuration that has the options of each pool under its name.</summary>
    public const string Section = "Rollcall:Pools";

    /// <summary>
    /// The service to connect to: a configured name (<c>Rollcall:Services:orders</c>) or a target such as <c>rollcall:///orders</c>. Default: the pool's name.
    /// </summary>
    public string? Service { get; set; }

    /// <summary>
    /// The name of the port that endpoints must have; those without it are left out. Default: any endpoint will do, and for a pool of TCP connections
    /// one that has a single port.
    /// </summary>
    public string? Port { get; set; }

    /// <summary>The most connections in all, those being opened and closed included. Default: 200; at most 100,000.</summary>
    public int MaxConnections { get; set; } = 200;

    /// <summary>The most connections to one endpoint. Default: null, no limit but <see cref="MaxConnections"/>.</summary>
    public int? MaxPerEndpoint { get; set; }

    /// <summary>
    /// How many idle connections are kept ready to each ready endpoint, at most what the limits allow. More survives a sudden rush, and costs the endpoints memory.
    /// Zero opens the first connection when somebody asks for it. Default: 1.
    /// </summary>
    public int MinIdlePerEndpoint { get; set; } = 1;

    /// <summary>After how long without use a connection is closed, down to <see cref="MinIdlePerEndpoint"/>. Default: 5 minutes.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After how long a connection is not lent again, so that changes of certificates, routes and load balancers behind the address take effect; up to a tenth
    /// earlier, by chance, so that not all are replaced at once. Default: 30 minutes.
    /// </summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often an idle connection is checked. Shorter finds dead ones sooner, and costs a request each. Default: 30 s.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long making a connection may take, and checking one. Default: 2 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a caller waits for a connection, the time to make one included, before it gets a <see cref="ConnectionPoolException"/>. Default: 30 s.
    /// </summary>
    public TimeSpan RentTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];
}
