using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>A datagram to send: messages in <see cref="Effects"/>, without wrappers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutgoingPacket(NodeAddress To, bool Crc, int Messages, int Offset, int Length);

/// <summary>A ping to send over TCP; the answer is told by <see cref="SwimCore.StreamPingEnded"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamPing(NodeRecord Target, uint SeqNo, long Deadline);

/// <summary>A state to exchange over TCP.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StateExchange(NodeRecord Partner, bool Join);

/// <summary>
/// What the protocol wants done, in a buffer that is used again and again: the shell does it all after each call and clears it. Nodes that are run by one thread may share one.
/// </summary>
internal sealed class Effects
{
    private readonly List<OutgoingPacket> _packets = [];
    private readonly List<StreamPing> _streamPings = [];
    private readonly List<StateExchange> _exchanges = [];
    private readonly List<ProtocolEvent> _events = [];
    private byte[] _bytes = new byte[16 * 1024];
    private int _used;
    private int _start;
    private int _messages;
    private NodeAddress _to;
    private bool _crc;

    public ReadOnlySpan<OutgoingPacket> Packets => CollectionsMarshal.AsSpan(_packets);

    public ReadOnlySpan<StreamPing> StreamPings => CollectionsMarshal.AsSpan(_streamPings);

    public ReadOnlySpan<StateExchange> Exchanges => CollectionsMarshal.AsSpan(_exchanges);

    public ReadOnlySpan<ProtocolEvent> Events => CollectionsMarshal.AsSpan(_events);

    /// <summary>The messages of a packet, each with its type byte.</summary>
    public MessageList MessagesOf(in OutgoingPacket packet) => new(_bytes.AsSpan(packet.Offset, packet.Length));

    /// <summary>The messages of a packet, each behind its length in two bytes: what <see cref="MessageList"/> reads.</summary>
    public ReadOnlySpan<byte> BytesOf(in OutgoingPacket packet) => _bytes.AsSpan(packet.Offset, packet.Length);

    /// <summary>The bytes of a <see cref="EventKind.MessageReceived"/>.</summary>
    public ReadOnlySpan<byte> PayloadOf(in ProtocolEvent happened) => _bytes.AsSpan(happened.Offset, happened.Length);

    public void Clear()
    {
        _packets.Clear();
        _streamPings.Clear();
        _exchanges.Clear();
        _events.Clear();
        _used = 0;
    }

    public void Add(in ProtocolEvent happened) => _events.Add(happened);

    public void Add(in StreamPing ping) => _streamPings.Add(ping);

    public void Add(in StateExchange exchange) => _exchanges.Add(exchange);

    public void AddPayload(in ProtocolEvent happened, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(Reserve(payload.Length));
        _events.Add(happened with { Offset = _used, Length = payload.Length });
        _used += payload.Length;
    }

    /// <summary>Messages in the packet that is being made.</summary>
    public int MessagesInPacket => _messages;

    /// <summary>Bytes of the messages in the packet that is being made.</summary>
    public int BytesInPacket => _used - _start - (2 * _messages);

    public void BeginPacket(NodeAddress to, bool crc)
    {
        _start = _used;
        _messages = 0;
        _to = to;
        _crc = crc;
    }

    /// <summary>Room for a message of at most so many bytes; <see cref="Commit"/> says how many it took.</summary>
    public Span<byte> BeginMessage(int maxLength) => Reserve(maxLength + 2)[2..];

    public void Commit(int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_used), (ushort)length);
        _used += length + 2;
        _messages++;
    }

    public void Append(ReadOnlySpan<byte> message)
    {
        message.CopyTo(BeginMessage(message.Length));
        Commit(message.Length);
    }

    /// <summary>A packet without messages is none.</summary>
    public void EndPacket()
    {
        if (_messages > 0)
            _packets.Add(new(_to, _crc, _messages, _start, _used - _start));
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        return _bytes.AsSpan(_used);
    }
}

/// <summary>The messages of a packet one after the other.</summary>
internal ref struct MessageList(ReadOnlySpan<byte> framed)
{
    private ReadOnlySpan<byte> _rest = framed;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly MessageList GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Current = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }
}
