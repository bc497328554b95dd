namespace Rollcall.Gossip;

/// <summary>What has come of one try to join a cluster.</summary>
/// <param name="Joined">How many addresses have answered, and have this node for a member.</param>
/// <param name="Failures">Each seed none of whose addresses has, with why, in words: also where the name of this node belongs to another there. This node itself is none.</param>
public sealed record GossipJoinReport(int Joined, IReadOnlyDictionary<string, string> Failures)
{
    /// <summary>Each failure in words.</summary>
    public override string ToString() => ReportText.Of($"{Joined} joined", Failures);
}
