namespace Rollcall.Gossip;

/// <summary>What has come of one try to join a cluster.</summary>
/// <param name="Joined">How many addresses have answered.</param>
/// <param name="Failures">Each seed that none of whose addresses has answered, with why, in words. This node itself is none.</param>
public sealed record GossipJoinReport(int Joined, IReadOnlyDictionary<string, string> Failures);
