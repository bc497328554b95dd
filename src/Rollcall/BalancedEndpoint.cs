namespace Rollcall;

/// <summary>
/// An endpoint together with what this process has learned of it. What was learned outlives the snapshot for as long as the
/// endpoint keeps its identity, and is shared by everything in the process that sends to it. Thread-safe.
/// </summary>
public sealed class BalancedEndpoint
{
    /// <summary>Starts to learn about <paramref name="endpoint"/>.</summary>
    public BalancedEndpoint(Endpoint endpoint)
        : this(endpoint, new EndpointLoad(), FullWeight(endpoint))
    {
    }

    private BalancedEndpoint(Endpoint endpoint, EndpointLoad load, int weight)
    {
        Endpoint = endpoint;
        Load = load;
        Weight = weight;
    }

    /// <summary>What one unit of <see cref="Endpoint.Weight"/> counts in <see cref="Weight"/>, so that filters can take a small part of a small weight.</summary>
    public const int WeightUnit = 100;

    /// <summary>The endpoint as the snapshot has it.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>
    /// Its share of the traffic relative to its siblings in this selection: <see cref="Endpoint.Weight"/> times <see cref="WeightUnit"/>, or what the filters made
    /// of that.
    /// </summary>
    public int Weight { get; }

    /// <summary>Requests sent and not yet ended.</summary>
    public int InFlight => Volatile.Read(ref Load.InFlight);

    internal EndpointLoad Load { get; }

    /// <summary>Notes that a request begins. Pair with <see cref="End"/>.</summary>
    public void Begin() => Interlocked.Increment(ref Load.InFlight);

    /// <summary>Notes that a request begins, unless more than <paramref name="limit"/> would then be under way.</summary>
    internal bool TryBegin(int limit)
    {
        if (Interlocked.Increment(ref Load.InFlight) <= limit)
            return true;
        End();
        return false;
    }

    /// <summary>Notes that a request has ended.</summary>
    public void End() => Interlocked.Decrement(ref Load.InFlight);

    /// <summary>The same identity as <paramref name="endpoint"/> now describes it, with what was learned so far.</summary>
    public BalancedEndpoint With(Endpoint endpoint) => new(endpoint, Load, FullWeight(endpoint));

    /// <summary>The same endpoint, sharing all that is learned, with another <see cref="Weight"/>.</summary>
    public BalancedEndpoint WithWeight(int weight) => weight == Weight ? this : new(Endpoint, Load, weight);

    private static int FullWeight(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return Math.Max(0, endpoint.Weight) * WeightUnit;
    }
}

