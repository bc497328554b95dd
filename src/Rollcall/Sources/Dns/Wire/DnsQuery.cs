using System.Buffers.Binary;

namespace Rollcall.Sources.Dns.Wire;

/// <summary>Writes questions.</summary>
internal static class DnsQuery
{
    /// <summary>The most octets a question takes: header, name, type and class, EDNS.</summary>
    public const int MaxLength = DnsResponse.HeaderLength + DnsName.MaxWireLength + 4 + EdnsLength;

    /// <summary>
    /// The largest UDP answer asked for: fits the smallest IPv6 packet, so that nothing on the way cuts it to pieces (DNS flag day 2020).
    /// </summary>
    public const ushort MaxUdpAnswer = 1232;

    private const int EdnsLength = 11;
    private const ushort RecursionDesired = 0x0100;
    private const ushort ClassInternet = 1;

    /// <summary>Writes one question; how many octets it took.</summary>
    /// <param name="destination">Has room for <see cref="MaxLength"/>.</param>
    /// <param name="id">By which the answer is known.</param>
    /// <param name="name">What is asked about.</param>
    /// <param name="type">What is asked for.</param>
    /// <param name="edns">Whether larger answers are offered to be taken (RFC 6891); servers of old refuse to be offered anything.</param>
    /// <exception cref="DnsFormatException">The name is none.</exception>
    public static int Encode(Span<byte> destination, ushort id, ReadOnlySpan<char> name, RecordType type, bool edns)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(destination[6..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], edns ? (ushort)1 : (ushort)0);
        var length = DnsResponse.HeaderLength;
        var nameLength = DnsName.Encode(name, destination[length..]);
        if (nameLength == 0)
            throw new DnsFormatException($"'{name}' is no name: labels have 1 to {DnsName.MaxLabelLength} octets, all of it at most {DnsName.MaxWireLength}");
        length += nameLength;
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(length + 2)..], ClassInternet);
        length += 4;
        if (!edns)
            return length;
        var option = destination.Slice(length, EdnsLength);
        option.Clear(); // the root as name, version 0, no flags, no options
        BinaryPrimitives.WriteUInt16BigEndian(option[1..], (ushort)RecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], MaxUdpAnswer);
        return length + EdnsLength;
    }
}
