using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>What came of one direction of a stream.</summary>
internal sealed record Arrival(StreamStatus Status, string? Message, string? Refusal, string? ErrorReply)
{
    /// <summary>Fed in pieces of a size; whatever follows the end of the message is not read.</summary>
    public static Arrival Of(WireOptions options, ReadOnlySpan<byte> bytes, bool fromDialer = true, int pieces = int.MaxValue)
    {
        using var decoder = new StreamDecoder(options, fromDialer);
        var status = StreamStatus.NeedsMore;
        while (status == StreamStatus.NeedsMore && !bytes.IsEmpty)
        {
            var place = decoder.GetMemory().Span;
            var piece = bytes[..Math.Min(Math.Min(bytes.Length, pieces), place.Length)];
            piece.CopyTo(place);
            bytes = bytes[piece.Length..];
            status = decoder.Advance(piece.Length);
        }

        return new(status, status == StreamStatus.Complete ? Captures.ToHex(decoder.Message.Span) : null, decoder.Refusal, decoder.ErrorReply);
    }
}

internal static class Streams
{
    public static byte[] Encode(WireOptions options, ReadOnlySpan<byte> message, bool toAcceptor = true)
    {
        using var buffer = new PooledBuffer(StreamEncoder.MaxSize(options, message.Length));
        StreamEncoder.Encode(options, message, toAcceptor, buffer);
        return buffer.Written.ToArray();
    }

    /// <summary>An exchange of so many nodes and so many bytes of the application.</summary>
    public static byte[] PushPull(int nodes, int stateLength)
    {
        var message = new byte[(nodes * 200) + stateLength + 200];
        var written = MessageCodec.Write(message, new PushPullHeader(nodes, stateLength, join: true));
        for (var i = 0; i < nodes; i++)
        {
            written += MessageCodec.Write(
                message.AsSpan(written),
                new PushPullNode(
                    System.Text.Encoding.UTF8.GetBytes($"node-{i}"), NodeAddress.From([10, 0, (byte)(i >> 8), (byte)i], 7946), [0xff, 0x80], (uint)i, MemberState.Alive, ProtocolVersions.Default));
        }

        Packets.User(stateLength + 1).AsSpan(1).CopyTo(message.AsSpan(written));
        return message[..(written + stateLength)];
    }
}
