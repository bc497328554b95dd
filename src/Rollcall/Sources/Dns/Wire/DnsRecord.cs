using System.Net;
using System.Runtime.InteropServices;

namespace Rollcall.Sources.Dns.Wire;

/// <summary>The part of a message a record stands in.</summary>
internal enum RecordSection : byte
{
    Answer,
    Authority,
    Additional,
}

/// <summary>One record of the kinds that discovery reads.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Type">Its kind.</param>
/// <param name="TtlSeconds">How long it holds.</param>
/// <param name="Section">Where it stands.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DnsRecord(string Name, RecordType Type, uint TtlSeconds, RecordSection Section)
{
    /// <summary>Of A and AAAA.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Of CNAME and SRV.</summary>
    public string? Target { get; init; }

    /// <summary>Of SRV: the lowest is asked first.</summary>
    public ushort Priority { get; init; }

    /// <summary>Of SRV: the share among those of the same priority.</summary>
    public ushort Weight { get; init; }

    /// <summary>Of SRV.</summary>
    public ushort Port { get; init; }

    /// <summary>Of SOA: how long an answer of "there is none" holds (RFC 2308 section 5).</summary>
    public uint MinimumSeconds { get; init; }
}
