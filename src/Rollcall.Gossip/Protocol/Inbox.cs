using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>Reads single messages and gives each to the part it is for. They are taken in the order they come: memberlist takes the newest first, which turns the parts of a packet round.</summary>
internal sealed class Inbox(SwimContext context, Membership membership, Prober prober, Relays relays)
{
    public void Receive(ReadOnlySpan<byte> message, NodeAddress from)
    {
        if (message.IsEmpty)
        {
            context.Refuse("A message is empty.", from);
            return;
        }

        var body = message[1..];
        var refusal = (MessageType)message[0] switch
        {
            MessageType.Ping => Ping(body, from),
            MessageType.IndirectPing => IndirectPing(body, from),
            MessageType.Ack => Ack(body, from),
            MessageType.Nack => Nack(body, from),
            MessageType.Suspect => Suspect(body, from),
            MessageType.Alive => Alive(body, from),
            MessageType.Dead => Dead(body, from),
            MessageType.User => User(body, from),
            _ => "A message is of a type that no datagram has.",
        };
        if (refusal is not null)
            context.Refuse(refusal, from);
    }

    public string? User(ReadOnlySpan<byte> payload, NodeAddress from)
    {
        if (context.Application is { } application)
            application.MessageReceived(payload, from, context.Now);
        else
            context.Effects.AddPayload(new ProtocolEvent(EventKind.MessageReceived, context.Now) { From = from }, payload);
        return null;
    }

    private string? Ping(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (MessageCodec.TryRead(body, out Ping ping, out var refusal))
            relays.Answer(ping, from);
        return refusal;
    }

    private string? IndirectPing(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (MessageCodec.TryRead(body, out IndirectPing request, out var refusal))
            relays.PingFor(request, from);
        return refusal;
    }

    private string? Ack(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (!MessageCodec.TryRead(body, out Ack ack, out var refusal))
            return refusal;
        var isAsked = relays.Has(ack.SeqNo) ? relays.TryPassOn(ack.SeqNo, from) : prober.TryAck(ack, from);
        return isAsked ? null : "An ack came from an address that was not asked.";
    }

    private string? Nack(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (!MessageCodec.TryRead(body, out Nack nack, out var refusal))
            return refusal;
        return prober.TryNack(nack.SeqNo, from) ? null : "A nack came from an address that was not asked.";
    }

    private string? Suspect(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (MessageCodec.TryRead(body, out Suspect suspect, out var refusal))
            membership.Suspect(suspect.Incarnation, suspect.Node, suspect.From, new(OriginKind.Gossip, from));
        return refusal;
    }

    private string? Alive(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (MessageCodec.TryRead(body, out Alive alive, out var refusal))
            membership.Alive(alive, new(OriginKind.Gossip, from));
        return refusal;
    }

    private string? Dead(ReadOnlySpan<byte> body, NodeAddress from)
    {
        if (MessageCodec.TryRead(body, out Dead dead, out var refusal))
            membership.Dead(dead.Incarnation, dead.Node, dead.From, new(OriginKind.Gossip, from));
        return refusal;
    }
}
