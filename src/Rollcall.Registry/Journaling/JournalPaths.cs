using System.Globalization;

namespace Rollcall.Registry.Journaling;

/// <summary>A file of the journal by its name.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Kind">What its name says it holds.</param>
/// <param name="Revision">The number in its name.</param>
internal readonly record struct JournalFile(string Path, JournalFileKind Kind, long Revision);

/// <summary>Names of files in a journal's directory.</summary>
internal static class JournalPaths
{
    /// <summary>A file under construction; it takes its name only when it is whole and on the disk.</summary>
    public const string UnfinishedSuffix = ".tmp";

    private const string SegmentPrefix = "journal-";
    private const string SegmentSuffix = ".log";
    private const string SnapshotPrefix = "snapshot-";
    private const string SnapshotSuffix = ".snap";

    public static string Segment(string directory, long firstRevision) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{firstRevision:D20}{SegmentSuffix}"));

    public static string Snapshot(string directory, long revision) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{SnapshotPrefix}{revision:D20}{SnapshotSuffix}"));

    /// <summary>A file that only shows whether the disk takes writes; unfinished by its name.</summary>
    public static string Probe(string directory) => Segment(directory, 0) + UnfinishedSuffix;

    /// <summary>Segments and snapshots, each in order of revision; anything else in the directory is none of ours.</summary>
    public static (List<JournalFile> Segments, List<JournalFile> Snapshots) List(string directory)
    {
        var segments = new List<JournalFile>();
        var snapshots = new List<JournalFile>();
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (TryParse(name, SegmentPrefix, SegmentSuffix, out var revision))
                segments.Add(new JournalFile(path, JournalFileKind.Segment, revision));
            else if (TryParse(name, SnapshotPrefix, SnapshotSuffix, out revision))
                snapshots.Add(new JournalFile(path, JournalFileKind.Snapshot, revision));
        }

        segments.Sort(static (a, b) => a.Revision.CompareTo(b.Revision));
        snapshots.Sort(static (a, b) => a.Revision.CompareTo(b.Revision));
        return (segments, snapshots);
    }

    /// <summary>What an earlier process did not finish.</summary>
    public static List<string> ListUnfinished(string directory)
    {
        var unfinished = new List<string>();
        foreach (var path in Directory.EnumerateFiles(directory, "*" + UnfinishedSuffix))
        {
            var name = Path.GetFileName(path.AsSpan())[..^UnfinishedSuffix.Length];
            if (TryParse(name, SegmentPrefix, SegmentSuffix, out _) || TryParse(name, SnapshotPrefix, SnapshotSuffix, out _))
                unfinished.Add(path);
        }

        return unfinished;
    }

    private static bool TryParse(ReadOnlySpan<char> name, string prefix, string suffix, out long revision)
    {
        revision = 0;
        const int Digits = 20;
        return name.Length == prefix.Length + Digits + suffix.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.Slice(prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out revision);
    }
}
