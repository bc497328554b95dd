using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>What the loop is fed with: a datagram in an array of the pool, a command, or, with neither, only the reason to look at the clock.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LoopInput(byte[]? Packet, int Length, NodeAddress From, LoopCommand? Command);
