using System.Net;

namespace Rollcall.Gossip;

/// <summary>A message of the application that came from another member.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="From">Where it came from: for a broadcast whoever passed it on; null for an event of Serf.</param>
/// <param name="EventName">What an event of Serf is called; null for other messages.</param>
public sealed record GossipMessage(ReadOnlyMemory<byte> Payload, IPEndPoint? From, string? EventName = null);
