using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.TestKit.Gossip;

/// <summary>Messages of the gossip protocol as a line that can be read. Numbers of probes are drawn at random, so they are told by the order in which they first appear.</summary>
internal sealed class MessageText
{
    private readonly Dictionary<uint, int> _numbers = [];

    public string Describe(ReadOnlySpan<byte> message)
    {
        var body = message[1..];
        return (MessageType)message[0] switch
        {
            MessageType.Ping when MessageCodec.TryRead(body, out Ping ping, out _) => $"ping #{Number(ping.SeqNo)} {Text(ping.Node)}",
            MessageType.IndirectPing when MessageCodec.TryRead(body, out IndirectPing ping, out _) =>
                $"ping-for #{Number(ping.SeqNo)} {Text(ping.Node)}{(ping.Nack ? " or nack" : "")}",
            MessageType.Ack when MessageCodec.TryRead(body, out Ack ack, out _) => $"ack #{Number(ack.SeqNo)}",
            MessageType.Nack when MessageCodec.TryRead(body, out Nack nack, out _) => $"nack #{Number(nack.SeqNo)}",
            MessageType.Suspect when MessageCodec.TryRead(body, out Suspect suspect, out _) => $"suspect {Text(suspect.Node)} {suspect.Incarnation} from {Text(suspect.From)}",
            MessageType.Alive when MessageCodec.TryRead(body, out Alive alive, out _) => $"alive {Text(alive.Node)} {alive.Incarnation}{Meta(alive.Meta)} at {alive.Address}",
            MessageType.Dead when MessageCodec.TryRead(body, out Dead dead, out _) => $"dead {Text(dead.Node)} {dead.Incarnation} from {Text(dead.From)}",
            MessageType.User => $"user {Text(body)}",
            var type => $"type {type}",
        };
    }

    public string Probe(uint seqNo) => $"#{Number(seqNo)}";

    private static string Meta(ReadOnlySpan<byte> meta) => meta.IsEmpty ? "" : $" '{Text(meta)}'";

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);

    private int Number(uint seqNo)
    {
        if (!_numbers.TryGetValue(seqNo, out var number))
            _numbers[seqNo] = number = _numbers.Count + 1;
        return number;
    }
}
