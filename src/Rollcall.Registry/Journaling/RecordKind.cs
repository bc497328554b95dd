using System.Runtime.InteropServices;

namespace Rollcall.Registry.Journaling;

/// <summary>First byte of every payload.</summary>
internal enum RecordKind : byte
{
    /// <summary>A change (segments).</summary>
    Change = 1,

    /// <summary>Everything before it is on the disk: written on a clean stop (segments).</summary>
    Mark = 2,

    /// <summary>An instance (snapshots).</summary>
    Instance = 3,

    /// <summary>The snapshot is whole (snapshots).</summary>
    End = 4,

    /// <summary>Revisions that a repair could not save (segments).</summary>
    Gap = 5,

    /// <summary>A service whose last instance has left (snapshots).</summary>
    Emptied = 6,
}

/// <summary>What every record of a segment begins with, enough to judge whether it fits without decoding it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Unsafe">How many bytes before it were not yet known to be on the disk when it was written.</param>
/// <param name="Revision">Of a change; the last one before a mark; the last one lost of a gap.</param>
/// <param name="Time">Of a change; of what follows a gap; of a mark.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordPrefix(RecordKind Kind, long Unsafe, long Revision, DateTimeOffset Time);
