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

    /// <summary>Why and until when it is avoided; null while it is not. Written by its health only.</summary>
    [FieldOffset(8)]
    public Avoidance? Avoidance;

    [FieldOffset(16)]
    private EndpointTraffic? _traffic;

    /// <summary>Since when it is ready (UTC ticks); 0 when that is longer ago than anybody here knows. Written on change only.</summary>
    [FieldOffset(24)]
    public long ReadySince;

    /// <summary>What an answer from it costs, as <see cref="Health.PeakEwma"/> keeps it; 0 while nobody knows.</summary>
    [FieldOffset(32)]
    public long Cost;

    /// <summary>The timestamp until which it has asked to be left alone; 0 when it has not.</summary>
    [FieldOffset(40)]
    public long HeldUntil;

    /// <summary>How the requests to it have ended.</summary>
    public EndpointTraffic Traffic => _traffic ?? Interlocked.CompareExchange(ref _traffic, new EndpointTraffic(), null) ?? _traffic;

    /// <summary>As <see cref="Traffic"/>; null when there was none.</summary>
    public EndpointTraffic? TrafficSoFar => Volatile.Read(ref _traffic);
}
