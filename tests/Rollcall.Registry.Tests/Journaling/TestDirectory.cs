namespace Rollcall.Registry.Tests.Journaling;

/// <summary>A directory of its own, gone at the end.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rollcall-journal-").FullName;

    public string[] Segments => [.. Directory.GetFiles(Path, "journal-*.log").Order(StringComparer.Ordinal)];

    public string[] Snapshots => [.. Directory.GetFiles(Path, "snapshot-*.snap").Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
