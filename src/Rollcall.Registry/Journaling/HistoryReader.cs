using System.Runtime.CompilerServices;

namespace Rollcall.Registry.Journaling;

/// <summary>Reads the past from the files while the writer goes on. It opens files of its own and reads only what was whole when it began.</summary>
internal sealed class HistoryReader(JournalFiles files)
{
    private readonly DecodePool _pool = new();

    /// <summary>Changes of <paramref name="since"/> or later, in order of revision.</summary>
    public async IAsyncEnumerable<Change> ReadAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Lengths first: what is appended while this reads belongs to the next question.
        var ends = files.Segments.Select(static segment => segment.Length).ToArray();
        for (var i = 0; i < ends.Length; i++)
        {
            if (!files.Segments[i].MayReach(since))
                continue;
            await foreach (var change in ReadSegmentAsync(files.Segments[i], ends[i], cancellationToken))
            {
                if (change.Time >= since)
                    yield return change;
            }
        }
    }

    /// <summary>The state at a moment: the snapshot before it, then changes up to the first later one. Null when a file went with retention meanwhile.</summary>
    public async ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken)
    {
        var start = files.BaseFor(at);
        var revision = start?.Header.Revision ?? 0;
        var state = new PastStateBuilder(service, revision);
        var ends = files.Segments.Select(static segment => segment.Length).ToArray();
        try
        {
            if (start is not null)
                await AddSnapshotAsync(start, state, cancellationToken);
            for (var i = 0; i < ends.Length; i++)
            {
                if (files.Segments[i].LastRevision <= revision)
                    continue;
                await foreach (var change in ReadSegmentAsync(files.Segments[i], ends[i], cancellationToken))
                {
                    if (change.Revision <= revision)
                        continue;
                    if (change.Time > at)
                        return state.Build();
                    state.Apply(change);
                }
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        return state.Build();
    }

    private async ValueTask AddSnapshotAsync(SnapshotInfo snapshot, PastStateBuilder state, CancellationToken cancellationToken)
    {
        using var reader = new SnapshotReader(Disk.OpenRead(snapshot.Path), snapshot.Header, _pool);
        while (true)
        {
            switch (reader.Step(out var instance))
            {
                case ReadStep.NeedsData:
                    await reader.FillAsync(cancellationToken);
                    break;
                case ReadStep.Record:
                    state.Add(instance!);
                    break;
                case ReadStep.Damaged:
                    throw Corrupt(snapshot.Path, reader.Damage!);
                default:
                    return;
            }
        }
    }

    private async IAsyncEnumerable<Change> ReadSegmentAsync(SegmentInfo segment, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = Disk.OpenRead(segment.Path);
        using var reader = new SegmentReader(file, FileHeader.Bytes, end, segment.Header.Revision);
        while (true)
        {
            switch (Next(reader, out var change))
            {
                case ReadStep.NeedsData:
                    await reader.FillAsync(cancellationToken);
                    break;
                case ReadStep.Record when change is not null:
                    yield return change;
                    break;
                case ReadStep.Record:
                    break;
                case ReadStep.Damaged:
                    throw Corrupt(segment.Path, reader.Damage!);
                default:
                    yield break;
            }
        }
    }

    private ReadStep Next(SegmentReader reader, out Change? change)
    {
        change = null;
        var step = reader.Step(out var payload);
        if (step != ReadStep.Record || reader.Prefix.Kind != RecordKind.Change)
            return step;
        change = ChangeCodec.TryRead(payload, _pool);
        return change is null ? reader.Refuse("the change cannot be decoded") : step;
    }

    private static JournalCorruptException Corrupt(string file, Damage damage) => new(
        $"The past cannot be read: '{file}' is damaged at offset {damage.Offset}: {damage.Problem}. "
        + $"Stop the node and mend the journal with 'rollcall journal repair {Path.GetDirectoryName(file)}'.",
        file,
        damage.Offset,
        damage.Problem);
}
