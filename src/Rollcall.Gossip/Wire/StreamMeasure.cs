using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// Finds the end of a message that no length precedes, as its bytes come in. What was walked is not walked again; the one element that was not all there is, so it is
/// bounded in bytes and in values.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct StreamMeasure
{
    private const string TooLong = "it is longer than is accepted";

    private int _at;
    private int _nodes;
    private int _tail;
    private Phase _phase;

    private enum Phase
    {
        Type,
        Nodes,
        Tail,
        Done,
    }

    /// <summary>The type and the message to its end, once this is complete.</summary>
    public readonly int Length => _at;

    /// <summary>How many bytes there must be to come further; 0 when the message is complete or refused.</summary>
    public int Advance(ReadOnlySpan<byte> bytes, out string? refusal)
    {
        refusal = null;
        var needed = 0;
        while (_phase != Phase.Done && needed == 0 && refusal is null)
        {
            needed = _phase switch
            {
                Phase.Type => ReadType(bytes, out refusal),
                Phase.Nodes => PassNode(bytes, out refusal),
                _ => PassTail(bytes),
            };
            if (needed > WireLimits.MaxStreamBytes)
                refusal = TooLong;
        }

        return refusal is null ? needed : 0;
    }

    private int ReadType(ReadOnlySpan<byte> bytes, out string? refusal)
    {
        refusal = null;
        if (bytes.IsEmpty)
            return 1;
        var type = (MessageType)bytes[0];
        var maxBytes = type == MessageType.Compress ? WireLimits.MaxStreamBytes : WireLimits.MaxStreamElementBytes;
        if (type is not (MessageType.Ping or MessageType.Ack or MessageType.Error or MessageType.PushPull or MessageType.User or MessageType.Compress))
        {
            refusal = "its type is not one of a stream";
            return 0;
        }

        if (!TryPass(bytes, 1, maxBytes, out var end, out var needed, out refusal))
            return needed;
        _phase = Phase.Tail;
        _at = end;
        if (type == MessageType.PushPull && MessageCodec.TryRead(bytes[1..end], out PushPullHeader header, out _, out refusal))
        {
            _nodes = header.Nodes;
            _tail = header.UserStateLength;
            _phase = Phase.Nodes;
        }
        else if (type == MessageType.User && MessageCodec.TryRead(bytes[1..end], out UserMessageHeader user, out _, out refusal))
        {
            _tail = user.Length;
        }

        return 0;
    }

    private int PassNode(ReadOnlySpan<byte> bytes, out string? refusal)
    {
        refusal = null;
        if (_nodes == 0)
        {
            _phase = Phase.Tail;
            return 0;
        }

        if (!TryPass(bytes, _at, WireLimits.MaxStreamElementBytes, out var end, out var needed, out refusal))
            return needed;
        _at = end;
        _nodes--;
        return 0;
    }

    private int PassTail(ReadOnlySpan<byte> bytes)
    {
        var end = _at + _tail;
        if (bytes.Length < end)
            return end;
        _at = end;
        _phase = Phase.Done;
        return 0;
    }

    private static bool TryPass(ReadOnlySpan<byte> bytes, int start, int maxBytes, out int end, out int needed, out string? refusal)
    {
        var reader = new MsgPackReader(bytes[start..]);
        var passed = reader.TrySkip();
        end = start + reader.Position;
        needed = passed ? 0 : reader.Needed;
        refusal = null;
        if (reader.Values > WireLimits.MaxStreamElementValues || (passed ? reader.Position : needed) > maxBytes)
            refusal = TooLong;
        else if (!passed && needed == 0)
            refusal = "it is malformed";
        if (needed > 0)
            needed += start;
        return passed && refusal is null;
    }
}
