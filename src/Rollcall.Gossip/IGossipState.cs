using System.Buffers;

namespace Rollcall.Gossip;

/// <summary>
/// State of the application that members exchange along with their own: at each join, and now and then. Called on the node's loop, which stands still meanwhile: it
/// must not wait. What it throws is logged.
/// </summary>
public interface IGossipState
{
    /// <summary>Writes what the other side is to know; nothing is fine.</summary>
    /// <param name="state">Takes up to 20 MiB less what the members need, and throws <see cref="InvalidOperationException"/> beyond that. What does not fit is not sent at all, which is logged.</param>
    /// <param name="joining">Whether the exchange is a join.</param>
    void Write(IBufferWriter<byte> state, bool joining);

    /// <summary>Takes what the other side wrote; not called where that is nothing.</summary>
    /// <param name="state">Good for this call only. From the network: it may be anything.</param>
    /// <param name="joining">Whether the exchange is a join.</param>
    void Merge(ReadOnlySpan<byte> state, bool joining);
}
