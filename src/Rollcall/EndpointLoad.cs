using System.Runtime.InteropServices;

namespace Rollcall;

/// <summary>
/// What a process has learned of one endpoint. An object of its own and as long as a cache line, because every request to the endpoint writes to it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal sealed class EndpointLoad
{
    /// <summary>Requests sent and not yet ended.</summary>
    [FieldOffset(0)]
    public int InFlight;

    /// <summary>Changes with every answer. Not a count: of two answers at the same moment one may be lost.</summary>
    [FieldOffset(4)]
    public int Answers;

    /// <summary>The timestamp until which it is avoided; 0 while it is not.</summary>
    [FieldOffset(8)]
    public long AvoidUntil;

    /// <summary>How often in a row it was avoided.</summary>
    [FieldOffset(16)]
    public int Failures;

    /// <summary>Since when it is ready (UTC ticks); 0 when that is longer ago than anybody here knows. Written on change only.</summary>
    [FieldOffset(24)]
    public long ReadySince;
}
