using System.Buffers;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Transport;

/// <summary>Serf's layer, and the application on top of it: broadcasts are events, a leave is said before it is done, and who was told to have left is shown so.</summary>
internal sealed class SerfHost(ReadOnlyMemory<byte> name, StateAdapter application, MessageHub messages, KeyStore keys, Random random) : IApplicationHost
{
    /// <summary>The event that a broadcast without a name is.</summary>
    public const string BroadcastEvent = "rollcall";

    private readonly SerfLayer _serf = new(name, random, keys, application);
    private readonly Dictionary<ulong, KeyQuery> _waiting = [];
    private SwimCore? _core;

    public int BroadcastOverhead => (_core?.MaxUserMessageLength ?? 0) - SerfLayer.MaxEventLength + BroadcastEvent.Length;

    public void Attach(SwimCore core)
    {
        _core = core;
        application.Attach(core);
        _serf.Attach(core);
    }

    // Serf tells the sender of an event of it as well; a broadcast is for the others.
    public void Broadcast(ReadOnlySpan<byte> payload, long now) => _serf.SendEvent(BroadcastEvent, payload, coalesces: false, now, isTold: false);

    /// <summary>False where it is too long.</summary>
    public bool Send(string eventName, ReadOnlySpan<byte> payload, bool coalesces, long now) => _serf.SendEvent(eventName, payload, coalesces, now) != 0;

    public void ForceLeave(string member, bool prune, long now) => _serf.ForceLeave(member, prune, now);

    /// <summary>Asks all members about keys. Throws <see cref="InvalidOperationException"/> where this node itself would not do it: nobody is asked then.</summary>
    public KeyQuery AskKeys(KeyOperation operation, GossipKey? key, long now)
    {
        if (keys.Refuse(operation, key) is { } refusal)
            throw new InvalidOperationException(refusal);
        var query = _serf.AskKeys(operation, key, now) ?? throw new InvalidOperationException("Too many questions about keys are open; wait for their answers.");
        var waiting = new KeyQuery(query, operation, key);
        if (!query.IsComplete)
            _waiting[query.Time] = waiting;
        else
            waiting.Complete();
        return waiting;
    }

    public void AskAgain(KeyQuery waiting, long now) => _serf.AskAgain(waiting.Query, now);

    public GossipKeyReport EndKeys(KeyQuery waiting)
    {
        _waiting.Remove(waiting.Query.Time);
        return _serf.EndKeys(waiting.Query, waiting.Operation, waiting.Key);
    }

    public void Drop(KeyQuery waiting)
    {
        _waiting.Remove(waiting.Query.Time);
        _serf.Drop(waiting.Query);
    }

    public ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> payload) => MessageEnvelope.WrapDirect(payload, isSerf: true);

    public void Joined(long now) => _serf.Joined(now);

    public void Leave(long now) => _serf.Leave(now);

    public void Settle(MembershipView view, ProtocolReporter reporter)
    {
        application.Settle(view, reporter);
        if (_serf.Events.Count == 0)
            return;
        foreach (var happened in _serf.Events)
        {
            if (happened.Kind == SerfEventKind.StatusChanged)
                ShowStatus(view, happened);
            else if (happened.Kind == SerfEventKind.Forgotten)
                view.Forget(happened.Name);
            else if (happened.Kind == SerfEventKind.Refused)
                reporter.Refused(happened.From, happened.Name);
            else if (happened.Kind == SerfEventKind.KeysAsked)
                reporter.KeysAsked(happened);
            else if (happened.Kind == SerfEventKind.QueryAnswered && _waiting.TryGetValue(happened.Time, out var waiting))
                waiting.Complete();
            else if (happened.Kind == SerfEventKind.ConflictAnswered)
                reporter.ConflictAnswered(happened.Name);
        }

        TellEvents();
        _serf.ClearEvents();
    }

    public void MemberChanged(in ProtocolEvent change) => _serf.MemberChanged(change);

    public void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now) => _serf.MessageReceived(message, from, now);

    public void WriteState(bool join, IBufferWriter<byte> state) => _serf.WriteState(join, state);

    public void MergeState(ReadOnlySpan<byte> state, bool join, NodeAddress from, long now) => _serf.MergeState(state, join, from, now);

    public int WriteAckPayload(Span<byte> destination) => _serf.WriteAckPayload(destination);

    public void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now) => _serf.AckReceived(from, payload, elapsed, now);

    public void Transmitted(long token, long now) => _serf.Transmitted(token, now);

    private static void ShowStatus(MembershipView view, SerfEvent happened)
    {
        if (happened.Status == SerfStatus.Left)
            view.Left(happened.Name);
        else
            view.Leaving(happened.Name, happened.Status == SerfStatus.Leaving);
    }

    private void TellEvents()
    {
        foreach (var happened in _serf.Events)
        {
            if (happened.Kind == SerfEventKind.UserEvent)
                messages.Tell(new(happened.Payload, null, happened.Name == BroadcastEvent ? null : happened.Name));
        }
    }
}
