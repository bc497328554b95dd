namespace Rollcall.Balancing;

/// <summary>How one endpoint of a service is chosen, by whatever sends: the policy, and the filters in front of it (docs/balancing.md).</summary>
public class BalancingOptions
{
    /// <summary>
    /// The balancing policy: <c>peak-ewma</c>, <c>least-requests</c>, <c>round-robin</c>, <c>random</c>, <c>ring-hash</c>, <c>maglev</c>,
    /// <c>pick-first</c> or the name of one of the application's own. Default: <c>peak-ewma</c>, which is <c>least-requests</c> for as long as nobody tells how requests ended.
    /// </summary>
    public string Balancer { get; set; } = Balancers.PeakEwma;

    /// <summary>The failure domain this process runs in. Default: the environment variable <c>ROLLCALL_ZONE</c>; unknown without.</summary>
    public string? Zone { get; set; }

    /// <summary>
    /// Sends to endpoints of the own <see cref="Zone"/>, and as much of the traffic to the others as those cannot carry: the own zone keeps the part
    /// min(1, 1.4 × its healthy weight ÷ that of the zone that an endpoint is in on average). Supposes that callers are spread over the zones about evenly: a zone with few
    /// endpoints and many callers may be overloaded by it. Does nothing where zones are not known. Default: false.
    /// </summary>
    public bool PreferOwnZone { get; set; }

    /// <summary>
    /// Labels that an endpoint must have to be sent to, such as <c>version</c> = <c>v2</c>; every one must match exactly. When nobody has them, a request fails and says
    /// which labels there are: it never goes to an endpoint without. Default: none.
    /// </summary>
    public IDictionary<string, string> Subset { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// How long an endpoint that has just become ready is spared: its weight grows from <see cref="SlowStartMinShare"/> to the whole. Zero turns it off; at most 1 h.
    /// Default: zero.
    /// </summary>
    public TimeSpan SlowStartWindow { get; set; }

    /// <summary>The part of its weight that a new endpoint begins with, more than 0 and at most 1. Default: 0.1.</summary>
    public double SlowStartMinShare { get; set; } = 0.1;

    /// <summary>
    /// How the weight grows: at the part t of the window it is t^(1/aggression) of the whole, as with Envoy. 1 is a straight line, more is faster at first. 0.1 to 10.
    /// Default: 1.
    /// </summary>
    public double SlowStartAggression { get; set; } = 1;

    /// <summary>
    /// How many of the ready endpoints of each failover group this process uses, to limit connections where many clients meet many endpoints: a stable part of them, chosen so that
    /// the parts of all clients together are even. Zero: all. Default: zero; at most 100,000.
    /// </summary>
    public int Aperture { get; set; }

    /// <summary>
    /// By what this process differs from the other clients of an <see cref="Aperture"/>. One that ends in a number behind a hyphen, such as <c>checkout-3</c>, is taken
    /// as the client of that number among its like, which makes their parts as even as can be; any other is placed by its hash. Default: the machine and the process.
    /// </summary>
    public string? ApertureClient { get; set; }

    /// <summary>Takes over everything from <paramref name="other"/>.</summary>
    internal void CopyFrom(BalancingOptions other)
    {
        Balancer = other.Balancer;
        Zone = other.Zone;
        PreferOwnZone = other.PreferOwnZone;
        Subset.Clear();
        foreach (var (key, value) in other.Subset)
            Subset[key] = value;
        SlowStartWindow = other.SlowStartWindow;
        SlowStartMinShare = other.SlowStartMinShare;
        SlowStartAggression = other.SlowStartAggression;
        Aperture = other.Aperture;
        ApertureClient = other.ApertureClient;
    }
}
