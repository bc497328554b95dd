namespace Rollcall;

/// <summary>
/// A balancing policy: turns each snapshot into a picker. Work that depends on the snapshot alone belongs here, on change,
/// so that the picker has nothing left to do but pick.
/// </summary>
public interface IBalancer
{
    /// <summary>The policy's name as used in configuration, such as <c>round-robin</c>.</summary>
    string Name { get; }

    /// <summary>Makes the picker of one snapshot. Called once per change, never on the request path.</summary>
    /// <param name="candidates">The endpoints to choose among, never empty, in a stable order.</param>
    IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates);
}

/// <summary>Picks one endpoint of a fixed snapshot. Called on the request path from many threads: no lock, no allocation.</summary>
public interface IEndpointPicker
{
    /// <summary>Picks one of the candidates the picker was made from.</summary>
    BalancedEndpoint Pick();
}

/// <summary>An endpoint together with what this process has learned of it; the same object across snapshots while its identity lasts.</summary>
public sealed class BalancedEndpoint
{
    /// <summary>Starts to learn about <paramref name="endpoint"/>.</summary>
    public BalancedEndpoint(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Endpoint = endpoint;
    }

    private BalancedEndpoint(Endpoint endpoint, Load load)
    {
        Endpoint = endpoint;
        SharedLoad = load;
    }

    /// <summary>The endpoint as the snapshot has it.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Requests sent and not yet ended.</summary>
    public int InFlight => Volatile.Read(ref SharedLoad.InFlight);

    private Load SharedLoad { get; } = new();

    /// <summary>Notes that a request begins. Pair with <see cref="End"/>.</summary>
    public void Begin() => Interlocked.Increment(ref SharedLoad.InFlight);

    /// <summary>Notes that a request has ended.</summary>
    public void End() => Interlocked.Decrement(ref SharedLoad.InFlight);

    /// <summary>The same identity as <paramref name="endpoint"/> now describes it, with what was learned so far.</summary>
    public BalancedEndpoint With(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return new(endpoint, SharedLoad);
    }

    // Padded by its own object: the counters of two endpoints seldom share a cache line.
    private sealed class Load
    {
        public int InFlight;
    }
}
