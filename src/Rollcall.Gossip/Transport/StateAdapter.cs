using System.Buffers;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// A plain application on top of the protocol: its messages go to their readers, its state along with exchanges. What it throws stays here. Broadcasts are passed on by
/// everybody who sees them for the first time: a sender alone would reach only as many as it sends to.
/// </summary>
internal sealed class StateAdapter(IGossipState? state, MessageHub messages, Random random, TimeProvider time, ILogger logger) : IApplicationHost
{
    private readonly LineLimiter _failures = new(time, 1);
    private readonly SeenIds _seen = new();
    private SwimCore? _core;
    private bool _isTooLong;

    public int BroadcastOverhead => MessageEnvelope.BroadcastOverhead;

    public void Attach(SwimCore core) => _core = core;

    public void Broadcast(ReadOnlySpan<byte> payload, long now)
    {
        var id = (ulong)random.NextInt64();
        _seen.Add(id);
        _core!.Broadcast(MessageEnvelope.WrapBroadcast(id, payload), now);
    }

    public ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> payload) => MessageEnvelope.WrapDirect(payload, isSerf: false);

    public void Joined(long now)
    {
        // The exchange has told it.
    }

    public void Leave(long now) => _core!.Leave(now);

    public void Settle(MembershipView view, ProtocolReporter reporter)
    {
        if (_failures.TryEnd(out var more))
            GossipLog.More(logger, LogLevel.Error, more, LineLimiter.Interval.TotalSeconds, "the application's state could not be written or merged");
    }

    public void MemberChanged(in ProtocolEvent change)
    {
        // Told by the protocol's events, with all the others.
    }

    public void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now)
    {
        var payload = MessageEnvelope.Open(message, out var id);
        if (id is { } seen)
        {
            if (!_seen.Add(seen))
                return;
            _core!.Broadcast(message, now);
        }

        if (messages.HasReaders)
            messages.Tell(new(payload.ToArray(), from.ToEndPoint()));
    }

    public void WriteState(bool join, IBufferWriter<byte> destination)
    {
        if (state is null)
            return;
        var room = _core!.StateRoom;
        using var written = new PooledBuffer(room);
        try
        {
            state.Write(written, join);
        }
        catch (Exception error)
        {
            if (!written.IsOverrun)
            {
                Failed(error);
                return;
            }
        }

        // All of it or nothing: half a state is none.
        var isTooLong = written.IsOverrun || !TryCopy(written.Written.Span, destination);
        if (isTooLong && !_isTooLong)
            GossipLog.StateTooLong(logger, room);
        _isTooLong = isTooLong;
    }

    public void MergeState(ReadOnlySpan<byte> received, bool join, NodeAddress from, long now)
    {
        try
        {
            state?.Merge(received, join);
        }
        catch (Exception error)
        {
            Failed(error);
        }
    }

    public int WriteAckPayload(Span<byte> destination) => 0;

    public void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now)
    {
        // The protocol's events have the time it took.
    }

    public void Transmitted(long token, long now)
    {
        // Nobody waits for it.
    }

    // Others begin exchanges as often as they like.
    private void Failed(Exception error)
    {
        if (_failures.TryTake())
            GossipLog.StateFailed(logger, error);
    }

    // With Serf there is less room, and the writer says so.
    private static bool TryCopy(ReadOnlySpan<byte> written, IBufferWriter<byte> destination)
    {
        if (written.IsEmpty)
            return true;
        try
        {
            written.CopyTo(destination.GetSpan(written.Length));
            destination.Advance(written.Length);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
