using System.Runtime.InteropServices;

namespace Rollcall.Gossip.Messages;

/// <summary>What a member understands and speaks: of membership, and of what the application puts on top.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProtocolVersions(byte ProtocolMin, byte ProtocolMax, byte Protocol, byte DelegateMin, byte DelegateMax, byte Delegate)
{
    /// <summary>Bytes on the wire. Fewer make old peers fall over; none is the only other choice.</summary>
    public const int Length = 6;

    /// <summary>What a Serf agent of today says of itself; other ranges make agents refuse whole exchanges.</summary>
    public static ProtocolVersions Default => new(1, 5, 2, 2, 5, 5);

    /// <summary>More than <see cref="Length"/> bytes are cut, fewer are no versions at all.</summary>
    public static ProtocolVersions? From(ReadOnlySpan<byte> versions) => versions.Length < Length
        ? null
        : new ProtocolVersions(versions[0], versions[1], versions[2], versions[3], versions[4], versions[5]);

    public void CopyTo(Span<byte> destination)
    {
        destination[5] = Delegate;
        destination[4] = DelegateMax;
        destination[3] = DelegateMin;
        destination[2] = Protocol;
        destination[1] = ProtocolMax;
        destination[0] = ProtocolMin;
    }
}
