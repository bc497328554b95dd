namespace Rollcall.Gossip.Transport;

/// <summary>What is thrown at who uses a node that has ended.</summary>
internal static class GossipFailure
{
    public static InvalidOperationException Leaving() => new("The node leaves: it joins nobody and tells all nothing any more. A new one may join.");

    /// <summary>Without a failure the node was disposed of.</summary>
    public static Exception Of(Exception? failure) => failure is null
        ? new ObjectDisposedException(typeof(GossipNode).FullName)
        : new InvalidOperationException("The node has ended by a failure of its own; the inner exception says by which.", failure);
}
