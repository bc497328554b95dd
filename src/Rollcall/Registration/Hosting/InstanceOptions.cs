namespace Rollcall.Registration.Hosting;

/// <summary>
/// How this application announces itself as an instance of a service. Section <c>Rollcall:Registration:Instances:SERVICE</c> of the
/// configuration; what is set in code wins. Everything has a default.
/// </summary>
public sealed class InstanceOptions
{
    /// <summary>
    /// Identity inside the service. Default: service, machine and port, such as <c>orders-m7-8080</c>; with a random suffix when
    /// another process still holds that, such as this one's predecessor that was killed.
    /// </summary>
    public string? Id { get; set; }

    /// <summary>
    /// The IP address or host name others reach this application by. Default: the environment variable <c>ROLLCALL_ADDRESS</c>, else the
    /// address it listens on, else (when it listens on all) the address of the interface that leads to the node.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// Ports by name, beyond those that are found: an ASP.NET Core application's are found by itself and named by their scheme,
    /// <c>http</c> and <c>https</c>.
    /// </summary>
    public IDictionary<string, int> Ports { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>How long the registration outlives the process, 1 s to 24 h. Default 10 s.</summary>
    public TimeSpan Ttl { get; set; } = Announcement.DefaultTtl;

    /// <summary>Share of traffic relative to its siblings, 0 to 100. Default 100.</summary>
    public int Weight { get; set; } = Endpoint.DefaultWeight;

    /// <summary>The failure domain it runs in. Default: the environment variable <c>ROLLCALL_ZONE</c>.</summary>
    public string? Zone { get; set; }

    /// <summary>The machine it runs on. Default: its name.</summary>
    public string? Node { get; set; }

    /// <summary>Labels that callers can filter by, such as <c>version</c>.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// A check the node makes: a path such as <c>/health</c> of this application, a full <c>http://</c> URL, or <c>tcp://host:port</c>.
    /// The instance is ready only while it passes. Default: none; the lease alone decides.
    /// </summary>
    public string? Check { get; set; }

    /// <summary>Time between two checks, 1 s to 1 h. Default 5 s.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one check may take, 10 ms to 1 min and at most the interval. Default 1 s.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];
}
