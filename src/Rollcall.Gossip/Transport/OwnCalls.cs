using System.Collections.Concurrent;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>The calls that this node has open, by their own ends, so that one that arrives at itself is known: a node may be reached by addresses it does not know of.</summary>
internal sealed class OwnCalls
{
    private readonly ConcurrentDictionary<NodeAddress, bool> _open = [];

    /// <summary>To be called before anything is sent.</summary>
    public void Begin(NodeAddress local) => _open[local] = false;

    /// <summary>Whether who calls is this node.</summary>
    public bool Arrived(NodeAddress peer) => _open.TryUpdate(peer, true, false);

    /// <summary>Whether the call has arrived at this node.</summary>
    public bool End(NodeAddress local) => _open.TryRemove(local, out var hasArrived) && hasArrived;
}
