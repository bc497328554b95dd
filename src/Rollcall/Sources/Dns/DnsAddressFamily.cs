namespace Rollcall.Sources.Dns;

/// <summary>Which addresses are asked for.</summary>
public enum DnsAddressFamily
{
    /// <summary>IPv4 and IPv6 together: a name that has both has an endpoint for each address.</summary>
    Any = 0,

    /// <summary>IPv4 (A records) alone.</summary>
    IPv4 = 1,

    /// <summary>IPv6 (AAAA records) alone.</summary>
    IPv6 = 2,
}
