namespace Rollcall.Health;

/// <summary>
/// When an endpoint that can be reached but does badly is ejected: kept away from requests for a while (<c>Rollcall:Health:…</c>). The terms are Envoy's
/// (outlier detection); the values are quicker and meant for sets of a few to a few dozen endpoints.
/// </summary>
public sealed class HealthOptions
{
    /// <summary>Whether endpoints are ejected at all. Those that cannot be reached or are silent are avoided even so. Default: true.</summary>
    public bool Ejection { get; set; } = true;

    /// <summary>
    /// So many failures in a row (HTTP 500 and the like, lost connections, timeouts) eject an endpoint; 0 for never. One success in between begins the row anew.
    /// Fewer eject sooner, and sooner for nothing where failures are common. Default: 5, as Envoy: where one of ten requests fails anyway, a row of five comes once in 100,000.
    /// </summary>
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>
    /// So many gateway errors (HTTP 502, 503, 504) in a row eject an endpoint; 0 for never. Default: 3: an endpoint says by them that it cannot do
    /// its work at present, which is less often a caller's fault than a 500.
    /// </summary>
    public int ConsecutiveGatewayErrors { get; set; } = 3;

    /// <summary>
    /// How often the endpoints of a set are compared with each other. Shorter finds out sooner, longer has more requests to judge by. Default: 10 s, as Envoy.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many requests an endpoint must have had in an <see cref="Interval"/> to be compared with the others. Default: 20; fewer cannot tell a success rate of 80 %
    /// from bad luck.
    /// </summary>
    public int MinRequests { get; set; } = 20;

    /// <summary>How many endpoints must have had <see cref="MinRequests"/> before they are compared. Default: 3: of two nobody can say which one is unusual.</summary>
    public int MinEndpoints { get; set; } = 3;

    /// <summary>
    /// An endpoint is ejected when its success rate is more than this many standard deviations below the mean of the others'; 0 for never. Default: 1.9, as Envoy,
    /// which takes the mean of all: with fewer than five endpoints that could never be reached.
    /// </summary>
    public double SuccessRateDeviations { get; set; } = 1.9;

    /// <summary>
    /// By how much, at least, the success rate must be below the mean of the others', 0 to 1. Default: 0.1: where nobody else fails at all, any failure is many standard
    /// deviations away.
    /// </summary>
    public double SuccessRateMargin { get; set; } = 0.1;

    /// <summary>
    /// An endpoint is ejected when its median latency is more than this many times the median of the others'; 0 for never. Default: 5: an endpoint that is
    /// twice as slow is better sent less, which is the balancer's to do.
    /// </summary>
    public double LatencyFactor { get; set; } = 5;

    /// <summary>A median latency up to this is never too slow, whatever the others'. Default: 50 ms: below it nobody waits, and a pause for garbage could make it.</summary>
    public TimeSpan LatencyFloor { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long an endpoint is ejected for the first time; times 2, 3, … for each further time, up to <see cref="MaxEjectionTime"/>, and up to a quarter longer at random,
    /// so that many do not come back together. Each 3 <see cref="Interval"/>s without an ejection take one time back. Default: 5 s: one request is risked then, not all of the traffic
    /// as with Envoy's 30 s.
    /// </summary>
    public TimeSpan EjectionTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time for which an endpoint is ejected before it is tried again. Default: 5 min, as Envoy.</summary>
    public TimeSpan MaxEjectionTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Which share of the ready endpoints may be ejected at the same time, 0 to 1; of two or more always one, of one none. Default: 0.5: the others can as a rule carry double
    /// the load; when more do badly, the cause is more likely something behind all of them. (Envoy's 0.1 would let one of five be ejected and never two.)
    /// </summary>
    public double MaxEjectedShare { get; set; } = 0.5;

    /// <summary>
    /// The panic threshold: when fewer than this share of the ready endpoints are left, those that were ejected are used all the same, and it is said
    /// (a warning, <c>rollcall.health.panics</c>). Those that do not answer at all are still avoided as long as others do: to send to them would help nobody. Default:
    /// 0.3: each of those left would have to carry more than three times its load. 0 for never.
    /// </summary>
    public double PanicThreshold { get; set; } = 0.3;

    /// <summary>
    /// Whether a node is told, with each query for a service, which of its instances this process avoids and why. Default: true: it costs a header while there is something to
    /// tell, and shows an operator what callers see.
    /// </summary>
    public bool Report { get; set; } = true;

    /// <summary>How endpoints are probed.</summary>
    public ProbeOptions Probe { get; } = new();

    /// <summary>How the endpoints of single services are probed instead, by the path of their target: <c>orders</c> for <c>rollcall:///orders</c>.</summary>
    public IDictionary<string, ProbeOptions> Probes { get; } = new Dictionary<string, ProbeOptions>(StringComparer.OrdinalIgnoreCase);

    internal ProbeOptions ProbeOf(ServiceTarget target) => Probes.TryGetValue(target.Path, out var probe) ? probe : Probe;
}
