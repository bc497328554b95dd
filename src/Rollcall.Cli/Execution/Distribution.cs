using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Execution;

/// <summary>What one endpoint got of the picks, or why it was no candidate.</summary>
internal sealed record PickShare(Endpoint Endpoint, int Picks, double Share, string? Excluded)
{
    public string Percent => (Share * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}

/// <summary>How a policy shares picks among the endpoints of a snapshot, by the same rules as an application.</summary>
internal sealed record Distribution(ServiceTarget Target, string Policy, int Picks, ImmutableArray<PickShare> Shares, string? Warning)
{
    public static Distribution Of(EndpointSet set, IBalancer balancer, int picks)
    {
        ImmutableArray<BalancedEndpoint> all = [.. set.Endpoints.Select(static endpoint => new BalancedEndpoint(endpoint))];
        var candidates = Candidates.Choose(all);
        var picker = balancer.CreatePicker(candidates.AsSpan());
        var counts = new int[candidates.Length];
        for (var i = 0; i < picks; i++)
            counts[picker.Pick(PickContext.None)]++;

        var shares = ImmutableArray.CreateBuilder<PickShare>(all.Length);
        var at = 0; // candidates keep the order of all
        foreach (var endpoint in all)
        {
            var isCandidate = at < candidates.Length && ReferenceEquals(candidates[at], endpoint);
            var count = isCandidate ? counts[at++] : 0;
            shares.Add(new PickShare(endpoint.Endpoint, count, (double)count / picks, isCandidate ? null : WhyNot(endpoint.Endpoint)));
        }

        var warning = candidates[0].Endpoint.State == EndpointState.Ready ? null : "No endpoint is ready; requests go to the next best.";
        return new Distribution(set.Target, balancer.Name, picks, shares.MoveToImmutable(), warning);
    }

    public PickDocument ToDocument() => new()
    {
        Target = Target.ToString(),
        Policy = Policy,
        Picks = Picks,
        Endpoints = [.. Shares.Select(static share => new PickedEndpointDocument(share.Endpoint.Id, share.Picks, share.Share, share.Excluded))],
    };

    private static string WhyNot(Endpoint endpoint) => endpoint switch
    {
        { State: EndpointState.Ready } => "its weight is 0",
        { Reason: { } reason } => $"{StateText.Format(endpoint.State)}: {reason}",
        _ => StateText.Format(endpoint.State),
    };
}
