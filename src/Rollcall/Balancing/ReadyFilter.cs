using System.Collections.Immutable;
using Rollcall.Api;

namespace Rollcall.Balancing;

/// <summary>Leaves those that <see cref="Candidates"/> chooses among: ready, and with a weight; when nobody is ready, the next best.</summary>
internal sealed class ReadyFilter : IEndpointFilter
{
    public string Name => "ready";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        var left = Candidates.Usable(candidates);
        if (context.Listener is { } listener)
            Tell(candidates, left, listener);
        return left;
    }

    private void Tell(ImmutableArray<BalancedEndpoint> candidates, ImmutableArray<BalancedEndpoint> left, IFilterListener listener)
    {
        var at = 0;
        foreach (var candidate in candidates)
        {
            if (at < left.Length && ReferenceEquals(left[at], candidate))
                at++;
            else
                listener.Excluded(this, candidate, Why(candidate.Endpoint));
        }

        if (left is [var first, ..] && first.Endpoint.State != EndpointState.Ready)
            listener.Noted(this, "No endpoint is ready; requests go to the next best.");
    }

    private static string Why(Endpoint endpoint) => endpoint switch
    {
        { State: EndpointState.Ready } => "its weight is 0",
        { Reason: { } reason } => $"{StateText.Format(endpoint.State)}: {reason}",
        _ => StateText.Format(endpoint.State),
    };
}
