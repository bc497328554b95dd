using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Protocol;

/// <summary>A message that the node sent: to whom, in which packet, and what it says.</summary>
internal sealed record Sent(TimeSpan At, NodeAddress To, int Packet, bool Crc, string Text, byte[] Bytes)
{
    public override string ToString() => $"{At.TotalSeconds:0.0##} {To} {Text}";
}

/// <summary>One node, "me", and a test that plays everybody else. Time goes from deadline to deadline, as it does for a node that is run.</summary>
internal sealed class LoneNode
{
    private readonly MessageText _text = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly ArrayBufferWriter<byte> _state = new();
    private int _packets;
    private int _answered;

    public LoneNode(ProtocolSettings? settings = null, int seed = 1, IGossipApplication? application = null)
    {
        Core = new(settings ?? Quiet, new("me"u8, AddressOf("me"), default, ProtocolVersions.Default), new(), new Random(seed), application);
        (application as SerfLayer)?.Attach(Core);
        Core.Start(0);
        Collect();
    }

    /// <summary>The settings of a LAN without what is done by chance: no exchanges.</summary>
    public static ProtocolSettings Quiet { get; } = ProtocolSettings.Lan with { PushPullInterval = TimeSpan.Zero, ReconnectInterval = TimeSpan.Zero };

    /// <summary>And without probes and gossip of its own in the time a test takes.</summary>
    public static ProtocolSettings Silent { get; } = Quiet with { GossipNodes = 0 };

    public SwimCore Core { get; }

    public TimeSpan Now { get; private set; }

    public List<Sent> Sent { get; } = [];

    public List<ProtocolEvent> Events { get; } = [];

    public List<string> Payloads { get; } = [];

    /// <summary>Members that answer pings at once.</summary>
    public HashSet<string> Answering { get; } = new(StringComparer.Ordinal);

    public List<StreamPing> StreamPings { get; } = [];

    public List<StateExchange> Exchanges { get; } = [];

    /// <summary>Each name has a host of its own.</summary>
    public static NodeAddress AddressOf(string name, ushort port = 7946)
    {
        var host = name.Aggregate(7, static (hash, letter) => ((hash * 31) + letter) & 0xFFFFFF);
        return NodeAddress.From([10, (byte)(host >> 16), (byte)(host >> 8), (byte)host], port);
    }

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public MemberView this[string name] => Core.TryFind(Bytes(name), out var member) ? member : throw new KeyNotFoundException(name);

    public string StateOf(string name) => Core.TryFind(Bytes(name), out var member) ? $"{member.State}@{member.Incarnation}" : "none";

    public void Alive(string name, uint incarnation = 1, NodeAddress? address = null, string meta = "", ProtocolVersions? versions = null, bool hasVersions = true, string by = "somebody") =>
        Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Alive(incarnation, Bytes(name), address ?? AddressOf(name), Bytes(meta), hasVersions ? versions ?? ProtocolVersions.Default : null))), AddressOf(by));

    public void Suspect(string name, uint incarnation, string from) =>
        Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Suspect(incarnation, Bytes(name), Bytes(from)))), AddressOf(from));

    public void Dead(string name, uint incarnation, string from) =>
        Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Dead(incarnation, Bytes(name), Bytes(from)))), AddressOf(from));

    public void Ping(uint seqNo, string node, NodeAddress source, string sourceNode, NodeAddress from) =>
        Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Ping(seqNo, Bytes(node), source, Bytes(sourceNode)))), from);

    public void IndirectPing(uint seqNo, string node, bool nack, string sourceNode) => Receive(
        _buffer.AsSpan(0, MessageCodec.Write(_buffer, new IndirectPing(seqNo, AddressOf(node), Bytes(node), nack, AddressOf(sourceNode), Bytes(sourceNode)))),
        AddressOf(sourceNode));

    public void Ack(uint seqNo, string from) => Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Ack(seqNo, default))), AddressOf(from));

    public void Nack(uint seqNo, string from) => Receive(_buffer.AsSpan(0, MessageCodec.Write(_buffer, new Nack(seqNo))), AddressOf(from));

    public void Receive(ReadOnlySpan<byte> message, NodeAddress from)
    {
        Core.Receive(message, from, Now.Ticks);
        Collect();
    }

    /// <summary>Runs the node until this time.</summary>
    public void AdvanceTo(TimeSpan time)
    {
        while (Core.NextDeadline <= time.Ticks)
        {
            Now = TimeSpan.FromTicks(Math.Max(Now.Ticks, Core.NextDeadline));
            Core.Advance(Now.Ticks);
            Collect();
        }

        Now = time;
    }

    public void Advance(double seconds) => AdvanceTo(Now + Seconds(seconds));

    /// <summary>Runs the node until it has sent a message of this text, at most this long.</summary>
    public Sent AdvanceUntilSent(string start, double seconds = 10)
    {
        var end = Now + Seconds(seconds);
        var seen = Sent.Count;
        while (true)
        {
            if (Sent.Skip(seen).FirstOrDefault(sent => sent.Text.StartsWith(start, StringComparison.Ordinal)) is { } found)
                return found;
            Assert.True(Core.NextDeadline <= end.Ticks, $"No '{start}' within {seconds} s; sent was:\n{string.Join('\n', Sent.Skip(seen))}");
            AdvanceTo(TimeSpan.FromTicks(Math.Max(Now.Ticks, Core.NextDeadline)));
        }
    }

    public void Do(Action<SwimCore, long> call)
    {
        call(Core, Now.Ticks);
        Collect();
    }

    /// <summary>An exchange that the named node begins; returns the node's answer.</summary>
    public byte[] Accept(byte[] message, string peer, out string? refusal)
    {
        _state.ResetWrittenCount();
        refusal = Core.AcceptState(message.AsSpan(1), AddressOf(peer, 40000), _state, Now.Ticks);
        Collect();
        return _state.WrittenSpan.ToArray();
    }

    public string? MergeReply(byte[] message, string peer)
    {
        var refusal = Core.MergeState(message.AsSpan(1), AddressOf(peer), Now.Ticks);
        Collect();
        return refusal;
    }

    /// <summary>The number of the probe in a ping that was sent.</summary>
    public static uint SeqNoOf(Sent sent)
    {
        if (sent.Bytes[0] == (byte)MessageType.Ping && MessageCodec.TryRead(sent.Bytes.AsSpan(1), out Ping ping, out _))
            return ping.SeqNo;
        return sent.Bytes[0] == (byte)MessageType.IndirectPing && MessageCodec.TryRead(sent.Bytes.AsSpan(1), out IndirectPing indirect, out _)
            ? indirect.SeqNo
            : throw new ArgumentException(sent.Text, nameof(sent));
    }

    public IEnumerable<string> TextsTo(string name) => Sent.Where(sent => sent.To == AddressOf(name)).Select(static sent => sent.Text);

    public IEnumerable<ProtocolEvent> EventsOf(EventKind kind) => Events.Where(happened => happened.Kind == kind);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private void Collect()
    {
        var effects = Core.Effects;
        foreach (ref readonly var packet in effects.Packets)
        {
            _packets++;
            foreach (var message in effects.MessagesOf(packet))
                Sent.Add(new(Now, packet.To, _packets, packet.Crc, _text.Describe(message), message.ToArray()));
        }

        foreach (ref readonly var happened in effects.Events)
        {
            Events.Add(happened);
            if (happened.Kind == EventKind.MessageReceived)
                Payloads.Add(Encoding.UTF8.GetString(effects.PayloadOf(happened)));
        }

        StreamPings.AddRange(effects.StreamPings);
        Exchanges.AddRange(effects.Exchanges);
        effects.Clear();
        while (_answered < Sent.Count)
        {
            var sent = Sent[_answered++];
            if (sent.Text.StartsWith("ping #", StringComparison.Ordinal) && Answering.FirstOrDefault(name => sent.To == AddressOf(name)) is { } answering)
                Ack(SeqNoOf(sent), answering);
        }
    }
}
