namespace Rollcall;

/// <summary>
/// A balancing policy: turns each snapshot into a picker. Work that depends on the snapshot alone belongs here, on change,
/// so that the picker has nothing left to do but pick. Thread-safe.
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
    /// <summary>
    /// The index, among the candidates the picker was made from, of the one that is next. An index rather than the endpoint, so that
    /// a caller can keep what it derived from each candidate (an address, a connection) in an array of its own.
    /// </summary>
    /// <param name="context">What is known of the request.</param>
    int Pick(in PickContext context);
}
