using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>The name of the cluster in front of a packet, or of what the dialer of a stream sends.</summary>
internal static class LabelFrame
{
    public const int HeadBytes = 2;

    public static bool IsFrame(ReadOnlySpan<byte> packet) => !packet.IsEmpty && packet[0] == (byte)MessageType.Label;

    /// <summary>What the bytes so far are: <paramref name="needed"/> is how many are, when these are too few to tell.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> label, out int needed)
    {
        needed = packet.Length < HeadBytes ? HeadBytes : HeadBytes + packet[1];
        label = packet.Length < needed ? default : packet[HeadBytes..needed];
        return label.Length > 0;
    }

    /// <summary>Whether what came in with this label, or with none, is for this cluster; a constant text where it is not.</summary>
    public static string? Refuse(WireOptions options, ReadOnlySpan<byte> label) =>
        label.SequenceEqual(options.Label) ? null : "its label is not that of this cluster";

    public static int Write(Span<byte> destination, ReadOnlySpan<byte> label)
    {
        if (label.IsEmpty)
            return 0;
        destination[0] = (byte)MessageType.Label;
        destination[1] = (byte)label.Length;
        label.CopyTo(destination[HeadBytes..]);
        return HeadBytes + label.Length;
    }
}
