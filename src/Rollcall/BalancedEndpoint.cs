namespace Rollcall;

/// <summary>
/// An endpoint together with what this process has learned of it. What was learned outlives the snapshot for as long as the
/// endpoint keeps its identity, and is shared by everything in the process that sends to it. Thread-safe.
/// </summary>
public sealed class BalancedEndpoint
{
    /// <summary>Starts to learn about <paramref name="endpoint"/>.</summary>
    public BalancedEndpoint(Endpoint endpoint)
        : this(endpoint, new EndpointLoad())
    {
    }

    private BalancedEndpoint(Endpoint endpoint, EndpointLoad load)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Endpoint = endpoint;
        Load = load;
    }

    /// <summary>The endpoint as the snapshot has it.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Requests sent and not yet ended.</summary>
    public int InFlight => Volatile.Read(ref Load.InFlight);

    internal EndpointLoad Load { get; }

    /// <summary>Notes that a request begins. Pair with <see cref="End"/>.</summary>
    public void Begin() => Interlocked.Increment(ref Load.InFlight);

    /// <summary>Notes that a request has ended.</summary>
    public void End() => Interlocked.Decrement(ref Load.InFlight);

    /// <summary>The same identity as <paramref name="endpoint"/> now describes it, with what was learned so far.</summary>
    public BalancedEndpoint With(Endpoint endpoint) => new(endpoint, Load);
}

