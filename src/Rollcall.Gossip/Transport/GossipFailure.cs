namespace Rollcall.Gossip.Transport;

/// <summary>What is thrown at who uses a node that has ended.</summary>
internal static class GossipFailure
{
    /// <summary>Without a failure the node was disposed of.</summary>
    public static Exception Of(Exception? failure) => failure is null
        ? new ObjectDisposedException(nameof(GossipNode))
        : new InvalidOperationException("The node has ended by a failure of its own; the inner exception says by which.", failure);
}
