namespace Rollcall.Registry.Journaling;

/// <summary>Where and how the journal is kept.</summary>
public sealed record JournalOptions
{
    /// <summary>The directory; made when missing. Not used with <see cref="Durability.Memory"/>.</summary>
    public string Directory { get; init; } = "data";

    /// <summary>When an appended change is safe. Default: before it is acknowledged.</summary>
    public Durability Durability { get; init; }

    /// <summary>A new segment is begun beyond this size. Default 16 MiB.</summary>
    public long SegmentBytes { get; init; } = 16L << 20;

    /// <summary>A snapshot is due after this many bytes of changes. Default 64 MiB.</summary>
    public long SnapshotAfterBytes { get; init; } = 64L << 20;

    /// <summary>History older than this is dropped. Default 24 h.</summary>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The oldest history is dropped beyond this size. Default 256 MB.</summary>
    public long HistoryBytes { get; init; } = 256L << 20;

    /// <summary>Every violation, in words; empty when there is none.</summary>
    internal IEnumerable<string> Violations()
    {
        const int SmallestFile = 4096;
        if (SegmentBytes < SmallestFile)
            yield return $"{nameof(SegmentBytes)} is {SegmentBytes}; it must be at least {SmallestFile}.";
        if (SnapshotAfterBytes < SmallestFile)
            yield return $"{nameof(SnapshotAfterBytes)} is {SnapshotAfterBytes}; it must be at least {SmallestFile}.";
        if (HistoryAge < TimeSpan.Zero)
            yield return $"{nameof(HistoryAge)} is {HistoryAge}; it must not be negative.";
        if (HistoryBytes < 0)
            yield return $"{nameof(HistoryBytes)} is {HistoryBytes}; it must not be negative.";
        if (!Enum.IsDefined(Durability))
            yield return $"{nameof(Durability)} is {Durability}; there are fsync, interval and memory.";
        if (Durability != Durability.Memory && string.IsNullOrWhiteSpace(Directory))
            yield return $"{nameof(Directory)} is empty; name where the journal is kept, or use memory durability.";
    }
}
