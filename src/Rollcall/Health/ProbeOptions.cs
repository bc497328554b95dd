namespace Rollcall.Health;

/// <summary>How avoided and idle endpoints are probed, so that no request has to try them (<c>Rollcall:Health:Probe:…</c>, or <c>Rollcall:Health:Probes:SERVICE:…</c>).</summary>
public sealed class ProbeOptions
{
    /// <summary>
    /// <c>tcp</c>: a connection; ends the avoidance of an endpoint that could not be reached, and of no other, since a frozen process accepts connections. <c>http</c>:
    /// a GET of <see cref="Path"/> that must be answered with 200 to 299; ends every avoidance. <c>none</c>: a request tries. Default: <c>tcp</c>, which works with every
    /// service; what it cannot judge is tried by one request.
    /// </summary>
    public string Kind { get; set; } = ProbeKinds.Tcp;

    /// <summary>The path and query of an HTTP probe. Default: <c>/health</c>.</summary>
    public string Path { get; set; } = "/health";

    /// <summary>The name of the port to probe. Default: <c>http</c>, else <c>https</c>, else the first.</summary>
    public string? Port { get; set; }

    /// <summary>How long a probe may take. Default: 1 s: who takes longer is better left alone for another while.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So many probes in a row must go well, a second apart, before the endpoint is used again. Default: 1; more for services that come and go while they start.</summary>
    public int HealthyThreshold { get; set; } = 1;

    /// <summary>
    /// An endpoint that has had no request for this long is probed that often, so that the next request does not find out first. Default: 0, never: it costs a connection
    /// from every client to every endpoint.
    /// </summary>
    public TimeSpan IdleInterval { get; set; }

    internal ProbeOptions Copy() => (ProbeOptions)MemberwiseClone();
}

/// <summary>The kinds of probes.</summary>
internal static class ProbeKinds
{
    public const string None = "none";
    public const string Tcp = "tcp";
    public const string Http = "http";
}
