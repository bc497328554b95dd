using System.Runtime.InteropServices;

namespace Rollcall.Registration;

/// <summary>A time on two clocks: one that never jumps, and one that goes on while the machine sleeps.</summary>
/// <param name="Elapsed">Since the start, on the monotonic clock.</param>
/// <param name="Wall">By the wall clock (UTC).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moment(TimeSpan Elapsed, DateTimeOffset Wall);
