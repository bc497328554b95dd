using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

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
            var segment = files.Segments[i];
            if (!segment.MayReach(since) || TryOpen(segment.Path) is not { } file)
                continue;
            await foreach (var (prefix, change) in ReadSegmentAsync(segment, file, ends[i], service: null, cancellationToken))
            {
                if (prefix.Time >= since)
                    yield return change!;
            }
        }
    }

    /// <summary>The state at a moment: the snapshot before it, then changes up to the first later one. Null when a file went with retention meanwhile.</summary>
    public async ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken)
    {
        var start = files.BaseFor(at);
        var state = new PastStateBuilder(start?.Header.Revision ?? 0);
        var wanted = service is null ? null : Encoding.UTF8.GetBytes(service);
        var ends = files.Segments.Select(static segment => segment.Length).ToArray();
        if (start is not null && !await TryAddSnapshotAsync(start, wanted, state, cancellationToken))
            return null;
        for (var i = 0; i < ends.Length; i++)
        {
            var segment = files.Segments[i];
            if (segment.LastRevision <= state.Revision)
                continue;
            if (TryOpen(segment.Path) is not { } file)
                return null;
            await foreach (var (prefix, change) in ReadSegmentAsync(segment, file, ends[i], wanted, cancellationToken))
            {
                if (prefix.Revision <= state.Revision)
                    continue;
                if (prefix.Time > at)
                    return state.Build();
                state.Apply(prefix.Revision, change);
            }
        }

        return state.Build();
    }

    // Null when retention has dropped it since the files were listed.
    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return Disk.OpenRead(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async ValueTask<bool> TryAddSnapshotAsync(SnapshotInfo snapshot, byte[]? service, PastStateBuilder state, CancellationToken cancellationToken)
    {
        if (TryOpen(snapshot.Path) is not { } file)
            return false;
        using var reader = new SnapshotReader(file, snapshot.Header, _pool, service);
        while (true)
        {
            switch (reader.Step(out var instance))
            {
                case ReadStep.NeedsData:
                    await reader.FillAsync(cancellationToken);
                    break;
                case ReadStep.Record when instance is not null:
                    state.Add(instance);
                    break;
                case ReadStep.Record:
                    break;
                case ReadStep.Damaged:
                    throw Corrupt(snapshot.Path, reader.Damage!);
                default:
                    return true;
            }
        }
    }

    // Changes of other services than the one wanted come without their contents: they move the revision on.
    private async IAsyncEnumerable<(RecordPrefix Prefix, Change? Change)> ReadSegmentAsync(
        SegmentInfo segment,
        SafeFileHandle file,
        long end,
        byte[]? service,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var opened = file;
        using var reader = new SegmentReader(file, FileHeader.Bytes, end, segment.Header.Revision);
        while (true)
        {
            switch (Next(reader, service, out var change))
            {
                case ReadStep.NeedsData:
                    await reader.FillAsync(cancellationToken);
                    break;
                case ReadStep.Record when reader.Prefix.Kind == RecordKind.Change:
                    yield return (reader.Prefix, change);
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

    private ReadStep Next(SegmentReader reader, byte[]? service, out Change? change)
    {
        change = null;
        var step = reader.Step(out var payload);
        if (step != ReadStep.Record || reader.Prefix.Kind != RecordKind.Change || (service is not null && !ChangeCodec.IsOf(payload, service)))
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
