namespace Rollcall.Gossip;

/// <summary>All members at one moment, this node among them. Immutable.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Members">In the order of their names.</param>
public sealed record GossipMembership(long Version, IReadOnlyList<Member> Members);
