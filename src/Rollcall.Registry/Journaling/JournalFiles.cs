using System.Collections.Immutable;

namespace Rollcall.Registry.Journaling;

/// <summary>What of the journal is on disk, at one moment.</summary>
/// <param name="Segments">In order; the last one grows.</param>
/// <param name="Snapshots">In order of revision.</param>
/// <param name="Damaged">Snapshots that could not be read and are not needed; they go with the next retention.</param>
/// <param name="GapTime">When the journal was last repaired with a loss: history is complete only since then.</param>
internal sealed record JournalFiles(
    ImmutableArray<SegmentInfo> Segments,
    ImmutableArray<SnapshotInfo> Snapshots,
    ImmutableArray<string> Damaged,
    DateTimeOffset? GapTime)
{
    public SegmentInfo Last => Segments[^1];

    public long Bytes => Segments.Sum(static segment => segment.Length) + Snapshots.Sum(static snapshot => snapshot.Bytes);

    /// <summary>The moment from which every change is there and every state can be rebuilt.</summary>
    public DateTimeOffset CompleteSince
    {
        get
        {
            var first = Segments[0].Header;
            var since = first.Revision == 1
                ? first.Time
                : AfterMoment(Snapshots.First(snapshot => snapshot.Header.Revision >= first.Revision - 1).Header.Time);
            return GapTime is { } gap && AfterMoment(gap) > since ? AfterMoment(gap) : since;
        }
    }

    /// <summary>The first moment of which nothing is missing when changes up to and of <paramref name="time"/> are; they are timed to the millisecond.</summary>
    public static DateTimeOffset AfterMoment(DateTimeOffset time) => time.AddMilliseconds(1);

    /// <summary>The snapshot to start from to rebuild a moment; null to start from nothing.</summary>
    public SnapshotInfo? BaseFor(DateTimeOffset at) =>
        Snapshots.LastOrDefault(snapshot => snapshot.Header.Time <= at && snapshot.Header.Revision >= Segments[0].Header.Revision - 1);

    /// <summary>
    /// What may go: everything before the snapshot that is the oldest to keep. That is the newest one older than the age limit, or a later one
    /// when more than the size limit would stay; never later than the newest, from which the next start recovers.
    /// </summary>
    public (JournalFiles Kept, ImmutableArray<string> Dropped) Retain(DateTimeOffset oldest, long maxBytes)
    {
        var keepFrom = -1;
        var bytes = Bytes;
        for (var i = 0; i < Snapshots.Length; i++)
        {
            if (Snapshots[i].Header.Time > oldest && bytes <= maxBytes)
                break;
            keepFrom = i;
            bytes = BytesFrom(i);
        }

        if (keepFrom < 0)
            return (this with { Damaged = [] }, Damaged);
        var revision = Snapshots[keepFrom].Header.Revision;
        var snapshots = Snapshots.RemoveRange(0, keepFrom);
        var segments = Segments.RemoveRange(0, CountBefore(revision));
        var dropped = Damaged
            .AddRange(Snapshots.Except(snapshots).Select(static snapshot => snapshot.Path))
            .AddRange(Segments.Except(segments).Select(static segment => segment.Path));
        return (new JournalFiles(segments, snapshots, [], GapTime), dropped);
    }

    private long BytesFrom(int snapshot) =>
        Segments.Skip(CountBefore(Snapshots[snapshot].Header.Revision)).Sum(static segment => segment.Length)
        + Snapshots.Skip(snapshot).Sum(static kept => kept.Bytes);

    // Segments that end at or before the revision; the last one always stays.
    private int CountBefore(long revision)
    {
        var count = 0;
        while (count < Segments.Length - 1 && Segments[count].LastRevision <= revision)
            count++;
        return count;
    }
}
