using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>What a lookup found.</summary>
/// <param name="Records">Of the kind that was looked for; empty when there are none.</param>
/// <param name="Addresses">Those of the records' targets, as far as the server sent them along.</param>
/// <param name="Ttl">How long this holds.</param>
/// <param name="Doubt">What could not be asked although it should have been; null when nothing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Findings(ImmutableArray<DnsRecord> Records, ImmutableArray<DnsRecord> Addresses, TimeSpan Ttl, string? Doubt = null)
{
    public static Findings None(TimeSpan ttl) => new([], [], ttl);
}
