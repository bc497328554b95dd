using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>
/// One step between a snapshot and the policy: takes endpoints away, or changes their weights. Runs once per change, never on the request path.
/// </summary>
internal interface IEndpointFilter
{
    /// <summary>As <c>explain</c> names it.</summary>
    string Name { get; }

    /// <summary>Those of <paramref name="candidates"/> that stay, in the same order. Whoever is taken away is told to <paramref name="context"/>, with the reason.</summary>
    ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context);
}
