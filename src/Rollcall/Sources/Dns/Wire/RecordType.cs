namespace Rollcall.Sources.Dns.Wire;

/// <summary>The kinds of records that discovery reads (RFC 1035, 2782, 3596, 6891).</summary>
internal enum RecordType : ushort
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
}

internal static class RecordTypeText
{
    /// <summary>As it is written in zone files.</summary>
    public static string Of(RecordType type) => type switch
    {
        RecordType.A => "A",
        RecordType.Cname => "CNAME",
        RecordType.Soa => "SOA",
        RecordType.Aaaa => "AAAA",
        RecordType.Srv => "SRV",
        _ => $"TYPE{(ushort)type}", // RFC 3597 section 5
    };
}
