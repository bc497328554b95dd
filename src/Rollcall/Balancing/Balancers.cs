using System.Collections.Frozen;

namespace Rollcall.Balancing;

/// <summary>
/// The balancing policies of a process by name: <c>peak-ewma</c>, <c>least-requests</c>, <c>round-robin</c>, <c>random</c>, <c>ring-hash</c>, <c>maglev</c>,
/// <c>pick-first</c> and those an application adds. Thread-safe.
/// </summary>
public sealed class Balancers
{
    /// <summary>The name of smooth weighted round robin.</summary>
    public const string RoundRobin = RoundRobinBalancer.PolicyName;

    /// <summary>The name of the weighted random policy.</summary>
    public const string Random = RandomBalancer.PolicyName;

    /// <summary>The name of the policy that takes the less loaded of two endpoints drawn at random.</summary>
    public const string LeastRequests = LeastRequestsBalancer.PolicyName;

    /// <summary>The name of the policy that takes, of two endpoints drawn at random, the one with the lower latency for the requests in flight: the default.</summary>
    public const string PeakEwma = PeakEwmaBalancer.PolicyName;

    /// <summary>The name of the policy that sends requests of the same key to the same endpoint, unless that one is overloaded, by consistent hashing.</summary>
    public const string RingHash = RingHashBalancer.PolicyName;

    /// <summary>The name of the policy that sends requests of the same key to the same endpoint by a table that is shared out as evenly as can be.</summary>
    public const string Maglev = MaglevBalancer.PolicyName;

    /// <summary>The name of the policy that sends everything to one endpoint, another in every process, for as long as it is there.</summary>
    public const string PickFirst = PickFirstBalancer.PolicyName;

    private readonly FrozenDictionary<string, IBalancer> _byName;

    /// <summary>The built-in policies.</summary>
    /// <param name="random">Where they draw their seeds from; used only here and when a picker is made.</param>
    public Balancers(Random random)
        : this(random, [])
    {
    }

    /// <summary>The built-in policies and <paramref name="others"/>; one of the same name replaces a built-in one.</summary>
    /// <param name="random">Where the built-in policies draw their seeds from.</param>
    /// <param name="others">An application's own policies.</param>
    /// <param name="time">The clock by which endpoints that asked to be left alone are; that of the system when null.</param>
    public Balancers(Random random, IEnumerable<IBalancer> others, TimeProvider? time = null)
        : this(random, others, time, StripedRandom.DefaultStripes)
    {
    }

    /// <param name="random">Where the built-in policies draw their seeds from.</param>
    /// <param name="others">An application's own policies.</param>
    /// <param name="time">The clock; that of the system when null.</param>
    /// <param name="stripes">How many threads draw without disturbing each other; with 1, what is drawn does not depend on the thread.</param>
    internal Balancers(Random random, IEnumerable<IBalancer> others, TimeProvider? time, int stripes)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(others);
        var striped = new StripedRandom(random, stripes);
        var byName = new Dictionary<string, IBalancer>(StringComparer.Ordinal);
        IBalancer[] builtIn =
        [
            new RoundRobinBalancer(new Random(random.Next())),
            new RandomBalancer(striped),
            new LeastRequestsBalancer(striped),
            new PeakEwmaBalancer(striped, time ?? TimeProvider.System),
            new RingHashBalancer(striped),
            new MaglevBalancer(striped),
            new PickFirstBalancer((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
        ];
        foreach (var balancer in builtIn.Concat(others))
            byName[balancer.Name] = balancer;
        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. _byName.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Every policy's name, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>True when there is a policy of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The policy of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public IBalancer Get(string name) => _byName.TryGetValue(name, out var balancer)
        ? balancer
        : throw new ArgumentException($"There is no balancing policy '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));
}
