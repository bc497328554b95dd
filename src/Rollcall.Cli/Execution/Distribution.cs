using System.Collections.Immutable;
using System.Globalization;
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
    public static Distribution Of(EndpointSet set, Balancers balancers, BalancingOptions options, TimeProvider time, int picks)
    {
        var (left, steps, problem) = new PickExplainer(balancers, time).Filter(set, options);
        if (problem is not null)
            throw new CliException(ExitCode.NotFound, $"{set.Target} has nobody to pick: {problem}.");
        var candidates = Candidates.Split(left)[0];
        var picker = balancers.Get(options.Balancer).CreatePicker(candidates.AsSpan());
        var counts = new int[candidates.Length];
        for (var i = 0; i < picks; i++)
            counts[picker.Pick(PickContext.None)]++;

        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var removed in steps.SelectMany(static step => step.Removed ?? []))
            reasons[removed.Id] = removed.Reason;
        var shares = ImmutableArray.CreateBuilder<PickShare>(set.Endpoints.Length);
        var at = 0; // candidates keep the order of all
        foreach (var endpoint in set.Endpoints)
        {
            var isCandidate = at < candidates.Length && ReferenceEquals(candidates[at].Endpoint, endpoint);
            var count = isCandidate ? counts[at++] : 0;
            shares.Add(new PickShare(endpoint, count, (double)count / picks, isCandidate ? null : reasons.GetValueOrDefault(endpoint.Id) ?? LaterGroup(endpoint)));
        }

        var warning = steps[^1].Notes is { } notes ? string.Join(' ', notes) : null;
        return new Distribution(set.Target, options.Balancer, picks, shares.MoveToImmutable(), warning);
    }

    public PickDocument ToDocument() => new()
    {
        Target = Target.ToString(),
        Policy = Policy,
        Picks = Picks,
        Endpoints = [.. Shares.Select(static share => new PickedEndpointDocument(share.Endpoint.Id, share.Picks, share.Share, share.Excluded))],
    };

    private static string LaterGroup(Endpoint endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"failover group {endpoint.Priority} is for when nobody of an earlier one can be reached");
}
