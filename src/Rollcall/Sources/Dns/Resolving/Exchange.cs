using System.Runtime.InteropServices;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>What came of asking: an answer, or what went wrong in words that follow on the name of the server.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Exchange(DnsResponse? Response, string? Problem)
{
    public static Exchange Failed(string problem) => new(null, problem);

    public static implicit operator Exchange(DnsResponse response) => new(response, null);
}
