using System.Globalization;

namespace Rollcall.Registry.Journaling;

/// <summary>One repair: decides what stays, copies aside what does not, writes what replaces it.</summary>
internal sealed class RepairSession : IDisposable
{
    private readonly Disk _disk = new();
    private readonly string _directory;
    private readonly JournalVerification _before;
    private readonly TimeProvider _time;
    private readonly RepairedSegments _repaired;
    private readonly Guid _epoch;
    private readonly List<JournalFile> _segments;
    private readonly List<JournalFile> _sound;
    private readonly List<JournalFile> _damaged;
    private readonly List<JournalLoss> _losses = [];
    private bool _lossIsOpen;

    public RepairSession(string directory, JournalVerification before, TimeProvider time)
    {
        _directory = directory;
        _before = before;
        _time = time;
        _epoch = before.Epoch is { } epoch ? Guid.ParseExact(epoch, "N") : Guid.NewGuid();
        _repaired = new RepairedSegments(_disk, directory, _epoch, time);
        (_segments, var snapshots) = JournalPaths.List(directory);
        _sound = [.. snapshots.Where(IsSound)];
        _damaged = [.. snapshots.Except(_sound)];
    }

    /// <summary>What was given up.</summary>
    public IReadOnlyList<JournalLoss> Losses => _losses;

    /// <summary>Returns where the originals are.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var keep = CountSoundSegments();
        var replaced = _damaged.Concat(_segments.Skip(keep)).Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
        var backup = CopyAside(replaced);
        if (keep > 0)
            ContinueAfter(keep - 1);
        else if (await FindBaseAsync(cancellationToken) is { } salvaged)
            replaced.Remove(salvaged);
        for (var i = keep; i < _segments.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Rewrite(i);
        }

        // A node takes segments that end before a snapshot for cut short.
        var newest = _sound.Count == 0 ? 0 : _sound[^1].Revision;
        if (_repaired.NextRevision <= newest)
            Lose(JournalPaths.Segment(_directory, _repaired.NextRevision), newest, _time.GetUtcNow(), "records before the newest snapshot are missing; it holds what they led to");
        _repaired.Finish(mustExist: _segments.Count == 0);
        Replace(replaced);
        return backup;
    }

    public void Dispose() => _repaired.Dispose();

    private JournalFileReport ReportOf(JournalFile file) => _before.Files.First(report => string.Equals(report.File, file.Path, StringComparison.Ordinal));

    private bool IsSound(JournalFile file) =>
        ReportOf(file).Damage.Count == 0 && JournalChain.TryReadHeader(file, out var header) is null && header.Epoch == _epoch;

    // Those before the first damaged one stay, when what was before them is known.
    private int CountSoundSegments()
    {
        var count = _segments.TakeWhile(IsSound).Count();
        return count > 0 && (_segments[0].Revision == 1 || _sound.Exists(ReachesFirstSegment)) ? count : 0;
    }

    private bool ReachesFirstSegment(JournalFile snapshot) => _segments.Count == 0 || snapshot.Revision >= _segments[0].Revision - 1;

    private void ContinueAfter(int index)
    {
        var file = _segments[index];
        var size = new FileInfo(file.Path).Length;
        var length = index + 1 < _segments.Count
            ? Math.Min(JournalVerifier.CountsOf(_segments[index + 1]) ?? size, size)
            : size - (_before.TornTail?.Bytes ?? 0);
        _repaired.ContinueAfter(file.Revision, length, (ReportOf(file).LastRevision ?? (file.Revision - 1)) + 1);
    }

    // A sound snapshot, else the sound instances of a damaged one, whose path is returned; else what was before the segments is lost.
    private async Task<string?> FindBaseAsync(CancellationToken cancellationToken)
    {
        if (_segments.Count > 0 && _segments[0].Revision == 1)
            return null;
        if (_sound.FindLast(ReachesFirstSegment) is { Path: not null } whole)
        {
            _repaired.ContinueAfter(0, 0, _segments.Count == 0 ? whole.Revision + 1 : _segments[0].Revision);
            return null;
        }

        foreach (var file in Enumerable.Reverse(_damaged))
        {
            if (!ReachesFirstSegment(file) || JournalChain.TryReadHeader(file, out var header) is not null || header.Epoch != _epoch)
                continue;
            var instances = SnapshotSalvage.Run(file.Path, header, (damage, bytes) =>
                _losses.Add(new JournalLoss(file.Path, damage.Offset, bytes, null, null, damage.Problem + "; the instances there are lost")));
            // Which services were empty is not saved: of none of them less may be told than was.
            await SnapshotWriter.WriteAsync(_disk, _directory, header, instances, new EmptiedServices(header.Revision, []), cancellationToken);
            _repaired.ContinueAfter(0, 0, _segments.Count == 0 ? file.Revision + 1 : _segments[0].Revision);
            return file.Path;
        }

        return null;
    }

    private void Rewrite(int index)
    {
        var file = _segments[index];
        var isReadable = JournalChain.TryReadHeader(file, out var header) is null;
        var size = new FileInfo(file.Path).Length;
        if (isReadable && header.Epoch != _epoch)
        {
            _losses.Add(new JournalLoss(file.Path, 0, size, null, null, "it belongs to another journal"));
            return;
        }

        if (!isReadable)
            _losses.Add(new JournalLoss(file.Path, 0, Math.Min(size, FileHeader.Bytes), null, null, ReportOf(file).Damage[0].Problem));
        _repaired.NextSegment(isReadable ? header.Time : null);
        var counts = index + 1 < _segments.Count ? JournalVerifier.CountsOf(_segments[index + 1]) ?? long.MaxValue : (long?)null;
        SegmentSalvage.Run(
            file.Path,
            counts,
            Math.Max(file.Revision, _repaired.NextRevision),
            (prefix, payload) => Keep(file, prefix, payload),
            (damage, bytes) =>
            {
                _losses.Add(new JournalLoss(file.Path, damage.Offset, bytes, null, null, damage.Problem));
                _lossIsOpen = true;
            },
            (damage, bytes) => _losses.Add(new JournalLoss(file.Path, damage.Offset, bytes, null, null, "an unfinished write, as an interruption leaves it before anything of it is acknowledged")));
    }

    private void Keep(JournalFile file, RecordPrefix prefix, ReadOnlySpan<byte> payload)
    {
        var before = prefix.Kind == RecordKind.Change ? prefix.Revision - 1 : prefix.Revision;
        if (prefix.Kind != RecordKind.Gap && before >= _repaired.NextRevision)
            Lose(file.Path, before, prefix.Time, "the records before it are missing");
        _lossIsOpen = false;
        _repaired.Add(prefix, payload);
    }

    // Revisions from the next one expected to last are gone, by the damage met since the last sound record when there was any.
    private void Lose(string file, long last, DateTimeOffset followedAt, string problem)
    {
        var first = _repaired.NextRevision;
        _repaired.AddGap(last, followedAt);
        if (_lossIsOpen)
            _losses[^1] = _losses[^1] with { FirstRevision = first, LastRevision = last };
        else
            _losses.Add(new JournalLoss(file, 0, 0, first, last, problem));
        _lossIsOpen = false;
    }

    private string CopyAside(IEnumerable<string> paths)
    {
        var name = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"damaged-{_time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}"));
        var backup = name;
        for (var i = 2; Directory.Exists(backup); i++)
            backup = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        Directory.CreateDirectory(backup);
        foreach (var path in paths)
        {
            var copy = Path.Combine(backup, Path.GetFileName(path));
            File.Copy(path, copy, overwrite: false);
            using var file = _disk.Open(copy);
            _disk.Flush(file);
        }

        _disk.FlushDirectory(backup);
        _disk.FlushDirectory(_directory);
        return backup;
    }

    private void Replace(IEnumerable<string> replaced)
    {
        foreach (var path in _repaired.Paths)
            _disk.Rename(path + JournalPaths.UnfinishedSuffix, path);
        foreach (var path in replaced.Except(_repaired.Paths, StringComparer.Ordinal))
            _disk.Delete(path);
        _disk.FlushDirectory(_directory);
    }
}
