using System.Buffers;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>Carries what nodes send: datagrams, pings over TCP and exchanges of states, through the network to whom they are for.</summary>
internal sealed class SimulatedTransport(SimulatedCluster cluster, SimulatedEvents events, Effects effects)
{
    // Datagrams that a socket holds for who does not read, or cannot send.
    private const int SocketBuffer = 512;

    private readonly SimulatedBytes _bytes = new();
    private readonly Stack<ArrayBufferWriter<byte>> _spareStates = [];
    private readonly SimulatedPayloads<(byte[] Bytes, int Length)> _packets = new();
    private readonly SimulatedPayloads<ArrayBufferWriter<byte>> _states = new();

    public void Send(SimulatedNode from, in OutgoingPacket packet)
    {
        from.PacketsSent++;
        from.BytesSent += packet.Length + (packet.Messages > 1 ? 2 : -2) + (packet.Crc ? 5 : 0);
        cluster.Observer?.Sent(from, packet, effects);
        if (!from.IsBlocked)
            Carry(from, packet.To, effects.BytesOf(packet));
        else if (from.Outbox.Count < SocketBuffer)
            from.Outbox.Enqueue((_bytes.Copy(effects.BytesOf(packet)), packet.Length, packet.To));
    }

    /// <summary>What a node sent while it was blocked goes out.</summary>
    public void SendHeld(SimulatedNode node)
    {
        while (node.Outbox.TryDequeue(out var held))
        {
            Carry(node, held.To, held.Bytes.AsSpan(0, held.Length));
            _bytes.Return(held.Bytes);
        }
    }

    /// <summary>What came to a node while it did not read comes in.</summary>
    public void ReceiveHeld(SimulatedNode node)
    {
        while (node.Inbox.TryDequeue(out var packet))
        {
            ReceiveAll(node, packet.Bytes, packet.Length, packet.From);
            _bytes.Return(packet.Bytes);
        }
    }

    private void Carry(SimulatedNode from, NodeAddress address, ReadOnlySpan<byte> bytes)
    {
        if (!TryFindHost(address, out var to) || !cluster.Network.Passes(from, to))
            return;
        for (var copies = cluster.Network.Duplicates() ? 2 : 1; copies > 0; copies--)
        {
            if (!cluster.Network.Loses())
                events.Add(new(cluster.Ticks + cluster.Network.Delay(), SimulatedEventKind.Packet, to.Index, from.Index, to.Life, _packets.Add((_bytes.Copy(bytes), bytes.Length)), from.Moves));
        }
    }

    private bool TryFindHost(NodeAddress address, out SimulatedNode node)
    {
        var index = SimulatedNode.IndexOf(address);
        node = cluster.Nodes[Math.Min(index, cluster.Nodes.Count - 1)];
        return index < cluster.Nodes.Count && node.Address == address;
    }

    public void Deliver(SimulatedNode node, bool isThere, in SimulatedEvent next)
    {
        var (bytes, length) = _packets.Take(next.Payload);
        var from = SimulatedNode.AddressOf(next.Peer, (byte)next.Number);
        var isHeld = node.IsFrozen || node.IsBlocked;
        if (isThere && isHeld && node.Inbox.Count < SocketBuffer)
        {
            node.Inbox.Enqueue((bytes, length, from));
            return;
        }

        if (isThere && !isHeld)
            ReceiveAll(node, bytes, length, from);
        _bytes.Return(bytes);
    }

    private void ReceiveAll(SimulatedNode node, byte[] bytes, int length, NodeAddress from)
    {
        var now = node.LocalTime(cluster.Ticks);
        foreach (var message in new MessageList(bytes.AsSpan(0, length)))
            node.Core.Receive(message, from, now);
        cluster.Settle(node);
    }

    public bool Answers(SimulatedNode from, SimulatedNode to) => to is { IsRunning: true, IsFrozen: false, IsBlocked: false } && !from.IsBlocked && cluster.Network.Passes(from, to) && cluster.Network.Passes(to, from);

    public void PingOverStream(SimulatedNode from, in StreamPing ping)
    {
        var arrives = cluster.Ticks + (2 * cluster.Network.StreamDelay());
        var deadline = from.TimeOf(ping.Deadline);
        var isFound = TryFindHost(ping.Target.Address, out var to) && arrives < deadline;
        events.Add(new(isFound ? arrives : deadline, SimulatedEventKind.StreamPingEnds, from.Index, isFound ? to.Index : -1, from.Life, 0, ping.SeqNo));
    }

    public void Dial(SimulatedNode from, NodeAddress to, bool join)
    {
        if (!TryFindHost(to, out var peer))
            return;
        var state = _spareStates.Count > 0 ? _spareStates.Pop() : new();
        from.Core.WriteState(state, join);
        events.Add(new(cluster.Ticks + cluster.Network.StreamDelay(), SimulatedEventKind.ExchangeArrives, peer.Index, from.Index, peer.Life, _states.Add(state), (uint)from.Life));
    }

    public void AcceptState(SimulatedNode node, bool isThere, in SimulatedEvent next)
    {
        var state = _states.Take(next.Payload);
        var from = cluster.Nodes[next.Peer];
        if (isThere && Answers(from, node))
        {
            cluster.Observer?.Exchanged(from, node);
            var answer = _spareStates.Count > 0 ? _spareStates.Pop() : new();
            node.Core.AcceptState(state.WrittenSpan[1..], from.Address.WithPort(40_000), answer, node.LocalTime(cluster.Ticks));
            cluster.Settle(node);
            events.Add(new(cluster.Ticks + cluster.Network.StreamDelay(), SimulatedEventKind.ExchangeAnswered, from.Index, node.Index, (int)next.Number, _states.Add(answer), node.Moves));
        }

        Spare(state);
    }

    public void MergeState(SimulatedNode node, bool isThere, in SimulatedEvent next)
    {
        var answer = _states.Take(next.Payload);
        if (isThere && Answers(cluster.Nodes[next.Peer], node))
        {
            var joins = node.Core.MergeState(answer.WrittenSpan[1..], SimulatedNode.AddressOf(next.Peer, (byte)next.Number), node.LocalTime(cluster.Ticks)) is null && !node.HasJoined;
            cluster.Settle(node);
            if (joins)
            {
                node.HasJoined = true;
                cluster.Joined?.Invoke(node);
            }
        }

        Spare(answer);
    }

    private void Spare(ArrayBufferWriter<byte> state)
    {
        state.ResetWrittenCount();
        _spareStates.Push(state);
    }
}
