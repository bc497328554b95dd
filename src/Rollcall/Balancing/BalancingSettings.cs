namespace Rollcall.Balancing;

/// <summary>How endpoints of a target are chosen. Compared by content: whoever asks for the same shares one selection.</summary>
internal sealed record BalancingSettings
{
    /// <summary>The name of the policy.</summary>
    public string Policy { get; init; } = Balancers.RoundRobin;
}
