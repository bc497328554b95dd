namespace Rollcall.Registry.Journaling;

/// <summary>Checks every byte of a journal that counts, changing nothing. Works beside a running node.</summary>
public static class JournalVerifier
{
    /// <summary>What each file holds and where it is damaged, and whether a node would start.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">The directory holds no journal.</exception>
    public static Task<JournalVerification> VerifyAsync(string directory, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Task.FromResult(Verify(directory, DirectoryLock.IsHeld(directory), cancellationToken));
    }

    internal static JournalVerification Verify(string directory, bool inUse, CancellationToken cancellationToken)
    {
        var (segments, snapshots) = JournalPaths.List(directory);
        if (segments.Count + snapshots.Count == 0)
            throw new FileNotFoundException($"'{directory}' holds no journal: there is no file named journal-….log or snapshot-….snap in it.");
        var files = new List<JournalFileReport>();
        TornTail? tornTail = null;
        foreach (var file in snapshots)
            files.Add(ReportSnapshot(file));
        var next = segments.Count == 0 ? 0 : segments[0].Revision;
        for (var i = 0; i < segments.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var counts = i + 1 < segments.Count ? CountsOf(segments[i + 1]) : null;
            (var report, next, var torn) = ReportSegment(segments, i, next, counts);
            files.Add(report);
            tornTail ??= torn;
        }

        return new JournalVerification(directory, EpochOf([.. segments, .. snapshots]), inUse, files, tornTail, FindBlocker(directory, cancellationToken));
    }

    private static (JournalFileReport Report, long Next, TornTail? Torn) ReportSegment(List<JournalFile> segments, int index, long next, long? counts)
    {
        var file = segments[index];
        var damage = new List<JournalDamage>();
        if (JournalChain.TryReadHeader(file, out var header) is { } problem)
            damage.Add(new JournalDamage(file.Path, 0, problem));
        else if (index > 0 && BreakBefore(segments[index - 1], header) is { } gap)
            damage.Add(new JournalDamage(file.Path, 0, gap));
        if (next != file.Revision)
            damage.Add(new JournalDamage(file.Path, 0, $"it begins with revision {file.Revision} where {next} must stand"));
        RecordPrefix? first = null;
        RecordPrefix? last = null;
        long records = 0;
        TornTail? torn = null;
        next = SegmentSalvage.Run(
            file.Path,
            counts ?? (index + 1 < segments.Count ? long.MaxValue : null),
            file.Revision,
            (prefix, _) =>
            {
                if (prefix.Kind != RecordKind.Change)
                    return;
                first ??= prefix;
                last = prefix;
                records++;
            },
            (found, _) => damage.Add(new JournalDamage(file.Path, found.Offset, found.Problem)),
            (found, bytes) => torn = new TornTail(file.Path, found.Offset, bytes));
        var size = new FileInfo(file.Path).Length;
        var lastRevision = next > file.Revision ? next - 1 : (long?)null;
        var report = new JournalFileReport(file.Path, JournalFileKind.Segment, size, records, first?.Revision, lastRevision, first?.Time, last?.Time, damage);
        return (report, next, torn);
    }

    private static JournalFileReport ReportSnapshot(JournalFile file)
    {
        var size = new FileInfo(file.Path).Length;
        if (JournalChain.TryReadHeader(file, out var header) is { } problem)
            return new JournalFileReport(file.Path, JournalFileKind.Snapshot, size, 0, null, null, null, null, [new JournalDamage(file.Path, 0, problem)]);
        using var reader = new SnapshotReader(Disk.OpenRead(file.Path), header, new DecodePool());
        while (reader.StepFilling(out _) == ReadStep.Record)
        {
        }

        IReadOnlyList<JournalDamage> damage = reader.Damage is { } found ? [new JournalDamage(file.Path, found.Offset, found.Problem)] : [];
        return new JournalFileReport(file.Path, JournalFileKind.Snapshot, size, reader.Count, header.Revision, header.Revision, header.Time, header.Time, damage);
    }

    private static string? BreakBefore(JournalFile previous, FileHeader header) =>
        JournalChain.TryReadHeader(previous, out var before) is null
            ? JournalChain.BreakBetween(before, new FileInfo(previous.Path).Length, header)
            : null;

    /// <summary>How many bytes of the segment before count, if the header can be read.</summary>
    internal static long? CountsOf(JournalFile next) =>
        JournalChain.TryReadHeader(next, out var header) is null && header.PreviousRevision > 0 ? header.PreviousLength : null;

    /// <summary>The epoch most files agree on.</summary>
    internal static string? EpochOf(IEnumerable<JournalFile> files) =>
        files.Select(static file => JournalChain.TryReadHeader(file, out var header) is null ? header.Epoch.ToString("N") : null)
            .OfType<string>()
            .GroupBy(static epoch => epoch, StringComparer.Ordinal)
            .MaxBy(static group => group.Count())?.Key;

    private static JournalDamage? FindBlocker(string directory, CancellationToken cancellationToken)
    {
        try
        {
            new Recovery(directory).Run(cancellationToken);
            return null;
        }
        catch (JournalCorruptException error)
        {
            return new JournalDamage(error.File, error.Offset, error.Problem);
        }
    }
}
