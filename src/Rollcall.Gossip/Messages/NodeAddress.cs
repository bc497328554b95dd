using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Rollcall.Gossip.Messages;

/// <summary>
/// An address and a port by value: 4 or 16 bytes of address, or none. An IPv4 address is never in its mapped IPv6 form: peers compare bytes, so that one address in two
/// forms is a conflict of names.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NodeAddress
{
    public const int MaxLength = 16;

    private readonly ulong _high;
    private readonly ulong _low;

    private NodeAddress(ulong high, ulong low, byte length, ushort port)
    {
        _high = high;
        _low = low;
        Length = length;
        Port = port;
    }

    public ushort Port { get; }

    /// <summary>Bytes of the address: 4, 16, or 0 where there is none.</summary>
    public byte Length { get; }

    public bool IsNone => Length == 0;

    public static NodeAddress From(IPEndPoint endPoint)
    {
        Span<byte> ip = stackalloc byte[MaxLength];
        return endPoint.Address.TryWriteBytes(ip, out var length) ? From(ip[..length], (ushort)endPoint.Port) : default;
    }

    /// <summary>No bytes are no address. A length other than 0, 4 and 16 is misuse; see <see cref="IsValidLength"/>.</summary>
    public static NodeAddress From(ReadOnlySpan<byte> ip, ushort port)
    {
        switch (ip.Length)
        {
            case 0:
                return default;
            case 4:
                return new(0, BinaryPrimitives.ReadUInt32BigEndian(ip), 4, port);
            case MaxLength:
                var high = BinaryPrimitives.ReadUInt64BigEndian(ip);
                var low = BinaryPrimitives.ReadUInt64BigEndian(ip[8..]);
                var isMapped = high == 0 && low >> 32 == 0xFFFF;
                return isMapped ? new(0, (uint)low, 4, port) : new(high, low, MaxLength, port);
            default:
                throw new ArgumentException("An address has 4 or 16 bytes.", nameof(ip));
        }
    }

    public static bool IsValidLength(int length) => length is 0 or 4 or MaxLength;

    public NodeAddress WithPort(ushort port) => IsNone ? this : new(_high, _low, Length, port);

    /// <summary>Writes the <see cref="Length"/> bytes of the address.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }
        else if (Length == MaxLength)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        }
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> where there is no address.</summary>
    public IPEndPoint ToEndPoint()
    {
        if (IsNone)
            throw new InvalidOperationException("There is no address.");
        Span<byte> ip = stackalloc byte[MaxLength];
        CopyTo(ip);
        return new(new IPAddress(ip[..Length]), Port);
    }

    public AddressFamily Family => Length switch
    {
        4 => AddressFamily.InterNetwork,
        MaxLength => AddressFamily.InterNetworkV6,
        _ => AddressFamily.Unspecified,
    };

    public bool IsLoopback => !IsNone && IPAddress.IsLoopback(ToEndPoint().Address);

    public override string ToString() => IsNone ? "none" : ToEndPoint().ToString();
}
