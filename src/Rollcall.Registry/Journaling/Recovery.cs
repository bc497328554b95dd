using System.Collections.Immutable;
using System.Globalization;

namespace Rollcall.Registry.Journaling;

/// <summary>What a directory held and what had to be cut.</summary>
/// <param name="Files">The files, as the writer goes on with them.</param>
/// <param name="State">Every instance at the last revision.</param>
/// <param name="BytesSinceSnapshot">Bytes of changes behind the snapshot recovered from.</param>
/// <param name="Cut">The torn tail; null when there was none.</param>
/// <param name="DamagedSnapshots">Snapshots passed over.</param>
internal sealed record RecoveredJournal(
    JournalFiles Files,
    RecoveredState State,
    long BytesSinceSnapshot,
    TornTail? Cut,
    IReadOnlyList<string> DamagedSnapshots);

/// <summary>An unfinished write at the end of the last segment.</summary>
/// <param name="File">The segment.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Bytes">How many bytes.</param>
public sealed record TornTail(string File, long Offset, long Bytes);

/// <summary>Rebuilds the state from the newest sound snapshot and the segments. Reads only; every byte that counts is checked.</summary>
internal sealed class Recovery(string directory)
{
    private readonly DecodePool _pool = new();
    private readonly Dictionary<InstanceKey, Instance> _instances = [];
    private readonly RecoveredEmptied _emptied = new();
    private readonly List<string> _damagedSnapshots = [];
    private DateTimeOffset? _gapTime;
    private TornTail? _tornTail;

    /// <summary>Null when the directory holds no journal yet.</summary>
    /// <exception cref="JournalCorruptException">It is damaged.</exception>
    public RecoveredJournal? Run(CancellationToken cancellationToken)
    {
        var (segmentFiles, snapshotFiles) = JournalPaths.List(directory);
        if (segmentFiles.Count == 0)
        {
            return snapshotFiles.Count == 0
                ? null
                : throw Corrupt(JournalPaths.Segment(directory, snapshotFiles[^1].Revision + 1), 0, "all segments are missing");
        }

        var segments = ReadSegmentHeaders(segmentFiles);
        var snapshots = LoadNewestSnapshot(snapshotFiles, segments[0].Header);
        var snapshotRevision = snapshots.IsEmpty ? 0 : snapshots[^1].Header.Revision;
        long bytesSince = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var counts = i + 1 < segments.Length ? segments[i + 1].Header.PreviousLength : (long?)null;
            bytesSince += Replay(segments[i], counts, snapshotRevision);
            if (i + 1 < segments.Length && segments[i].LastRevision + 1 != segments[i + 1].Header.Revision)
            {
                throw Corrupt(segments[i].Path, segments[i].Length, string.Create(
                    CultureInfo.InvariantCulture,
                    $"it ends with revision {segments[i].LastRevision} and the next segment begins with {segments[i + 1].Header.Revision}"));
            }
        }

        var revision = segments[^1].LastRevision;
        if (revision < snapshotRevision)
            throw Corrupt(segments[^1].Path, segments[^1].Length, $"it ends with revision {revision} although a snapshot of revision {snapshotRevision} exists: the last segments are missing or were cut short");
        return new RecoveredJournal(
            new JournalFiles(segments, snapshots, [.. _damagedSnapshots], _gapTime),
            new RecoveredState(revision, [.. _instances.Values], Report()) { Emptied = _emptied.Build(_instances.Values) },
            bytesSince,
            _tornTail,
            _damagedSnapshots);
    }

    private ImmutableArray<SegmentInfo> ReadSegmentHeaders(List<JournalFile> files)
    {
        var segments = ImmutableArray.CreateBuilder<SegmentInfo>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            if (JournalChain.TryReadHeader(files[i], out var header) is { } problem)
                throw Corrupt(files[i].Path, 0, problem);
            if (i > 0 && JournalChain.BreakBetween(segments[i - 1].Header, new FileInfo(files[i - 1].Path).Length, header) is { } gap)
                throw Corrupt(files[i].Path, 0, gap);
            segments.Add(new SegmentInfo(files[i].Path, header));
        }

        return segments.DrainToImmutable();
    }

    // Newest first. One that is damaged is passed over when an older one, or the segments alone, lead to the same state.
    private ImmutableArray<SnapshotInfo> LoadNewestSnapshot(List<JournalFile> files, FileHeader firstSegment)
    {
        (JournalFile File, Damage Damage)? newestDamage = null;
        for (var i = files.Count - 1; i >= 0 && files[i].Revision >= firstSegment.Revision - 1; i--)
        {
            _instances.Clear();
            _emptied.Clear();
            if (TryLoad(files[i], firstSegment.Epoch) is not { } damage)
                return [.. files.Take(i + 1).Where(file => file.Revision >= firstSegment.Revision - 1).Select(file => Describe(file, firstSegment.Epoch)).OfType<SnapshotInfo>()];
            newestDamage ??= (files[i], damage);
            _damagedSnapshots.Add(files[i].Path);
        }

        _instances.Clear();
        _emptied.Clear();
        if (firstSegment.Revision == 1)
            return [];
        throw newestDamage is { } found
            ? Corrupt(found.File.Path, found.Damage.Offset, found.Damage.Problem)
            : Corrupt(JournalPaths.Snapshot(directory, firstSegment.Revision - 1), 0, $"the oldest segment begins with revision {firstSegment.Revision} and no snapshot holds what was before it");
    }

    private Damage? TryLoad(JournalFile file, Guid epoch)
    {
        if ((JournalChain.TryReadHeader(file, out var header) ?? OtherEpoch(header, epoch)) is { } problem)
            return new Damage(0, problem, MayBeTorn: false);
        using var reader = new SnapshotReader(Disk.OpenRead(file.Path), header, _pool);
        while (reader.StepFilling(out var instance) == ReadStep.Record)
        {
            if (instance is not null)
                _instances[instance.Key] = instance;
        }

        _emptied.Load(reader.Forgotten, reader.Emptied);
        return reader.Damage;
    }

    // Older snapshots serve history; they are read, and checked, when a past moment is asked for.
    private SnapshotInfo? Describe(JournalFile file, Guid epoch)
    {
        if ((JournalChain.TryReadHeader(file, out var header) ?? OtherEpoch(header, epoch)) is null)
            return new SnapshotInfo(file.Path, header, new FileInfo(file.Path).Length);
        _damagedSnapshots.Add(file.Path);
        return null;
    }

    private static string? OtherEpoch(FileHeader header, Guid epoch) =>
        header.Epoch == epoch ? null : $"it belongs to another journal: its epoch is {header.Epoch:N} and that of the segments {epoch:N}";

    // Returns the bytes of changes behind the snapshot.
    private long Replay(SegmentInfo segment, long? counts, long snapshotRevision)
    {
        using var file = Disk.OpenRead(segment.Path);
        var end = counts ?? RandomAccess.GetLength(file);
        using var reader = new SegmentReader(file, FileHeader.Bytes, end, segment.Header.Revision);
        long bytesSince = 0;
        var lastRevision = segment.LastRevision;
        ReadStep step;
        while ((step = reader.StepFilling(out var payload)) == ReadStep.Record)
        {
            if (reader.Prefix.Kind == RecordKind.Gap)
            {
                _gapTime = reader.Prefix.Time;
                _emptied.Lost(reader.Prefix.Revision);
            }

            if (reader.Prefix.Kind == RecordKind.Change && reader.Prefix.Revision > snapshotRevision)
            {
                if (ChangeCodec.TryRead(payload, _pool) is not { } change)
                {
                    step = reader.Refuse("the change cannot be decoded");
                    break;
                }

                Apply(change);
                bytesSince += RecordBuffer.FrameBytes + payload.Length;
            }

            lastRevision = reader.Prefix.Revision;
            segment.Extend(reader.Position, lastRevision, reader.Prefix.Time);
        }

        if (step == ReadStep.Damaged)
        {
            var damage = reader.Damage!;
            if (counts is not null || !DamageSearch.IsTornTail(file, damage, end, lastRevision))
                throw Corrupt(segment.Path, damage.Offset, damage.Problem);
            _tornTail = new TornTail(segment.Path, damage.Offset, end - damage.Offset);
        }

        return bytesSince;
    }

    private void Apply(Change change)
    {
        if (change.Instance is { } instance)
        {
            _instances[change.Key] = instance;
            return;
        }

        _instances.Remove(change.Key);
        _emptied.Left(change);
    }

    private string? Report()
    {
        var lines = new List<string>();
        if (_tornTail is { } torn)
            lines.Add($"An unfinished write was cut: {torn.Bytes} bytes of '{torn.File}' at offset {torn.Offset}.");
        lines.AddRange(_damagedSnapshots.Select(static path => $"The snapshot '{path}' is damaged; the state was rebuilt without it."));
        return lines.Count == 0 ? null : string.Join(' ', lines);
    }

    private JournalCorruptException Corrupt(string file, long offset, string problem) => new(
        $"The journal is damaged: '{file}' at offset {offset}: {problem}. Nothing was changed. "
        + $"Look at the damage with 'rollcall journal verify {directory}'; mend it with 'rollcall journal repair {directory}', which says what is lost.",
        file,
        offset,
        problem);
}
