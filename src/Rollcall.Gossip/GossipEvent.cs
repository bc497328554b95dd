namespace Rollcall.Gossip;

/// <summary>A change of the membership, and the members after it.</summary>
/// <param name="Kind">What has changed.</param>
/// <param name="Member">The member it is about, as it was after the change; null for <see cref="GossipEventKind.Snapshot"/>.</param>
/// <param name="Membership">All members. Changes that came together share it, so it may be ahead of this one.</param>
public sealed record GossipEvent(GossipEventKind Kind, Member? Member, GossipMembership Membership);
