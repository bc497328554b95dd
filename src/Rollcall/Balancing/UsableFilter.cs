using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>Leaves those that a consumer can use at all, for an explanation; a selection leaves the others out by itself.</summary>
/// <param name="whyNot">Why it cannot use an endpoint, such as for want of a port; null when it can.</param>
internal sealed class UsableFilter(Func<Endpoint, string?> whyNot) : IEndpointFilter
{
    public string Name => "usable";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context) => candidates.RemoveAll(candidate =>
    {
        if (whyNot(candidate.Endpoint) is not { } reason)
            return false;
        context.Listener?.Excluded(this, candidate, reason);
        return true;
    });
}
