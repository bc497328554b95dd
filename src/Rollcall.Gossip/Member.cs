using System.Net;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip;

/// <summary>A member of the cluster as it was believed to be at one moment. Immutable.</summary>
/// <param name="Name">Unique in the cluster.</param>
/// <param name="EndPoint">Where it is reached, by UDP and TCP.</param>
/// <param name="Metadata">What it says of itself.</param>
/// <param name="State">What is believed of it.</param>
/// <param name="Incarnation">How often it has said something new of itself.</param>
/// <param name="Since">When this state began, to the accuracy of this node's clock.</param>
public sealed record Member(string Name, IPEndPoint EndPoint, ReadOnlyMemory<byte> Metadata, MemberState State, uint Incarnation, DateTimeOffset Since)
{
    /// <summary>
    /// Whether it has been said that it goes, by itself or by another, and it still takes part: Serf's status <c>leaving</c>. A member that was forced to leave and lives objects,
    /// and is then no longer leaving. Always false without <see cref="GossipOptions.Serf"/>, and for members that are not live.
    /// </summary>
    public bool IsLeaving { get; init; }

    /// <summary>Whether it takes part: alive, or suspected and not yet given up.</summary>
    public bool IsLive => State is MemberState.Alive or MemberState.Suspect;

    /// <summary>The metadata as tags, as Serf agents have them. What has no mark of theirs is the tag <c>role</c> as a whole.</summary>
    public IReadOnlyDictionary<string, string> ReadTags() => SerfTags.Decode(Metadata.Span);
}
