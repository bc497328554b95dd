namespace Rollcall.Registry.Journaling;

/// <summary>
/// A segment as readers need to know it. The one writer of the last segment moves <see cref="Length"/> on after the bytes are there; readers
/// take the length first and then read no further.
/// </summary>
internal sealed class SegmentInfo(string path, FileHeader header)
{
    private long _length = FileHeader.Bytes;
    private long _latestTicks = long.MinValue;
    private long _lastRevision = header.Revision - 1;

    public string Path { get; } = path;

    public FileHeader Header { get; } = header;

    /// <summary>How many bytes of the file count.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>The last revision in it; one before its first when it holds none.</summary>
    public long LastRevision => Volatile.Read(ref _lastRevision);

    /// <summary>Whether it may hold a change of that moment or later.</summary>
    public bool MayReach(DateTimeOffset since) => Volatile.Read(ref _latestTicks) >= since.UtcTicks;

    public void Extend(long length, long lastRevision, DateTimeOffset latest)
    {
        // Clocks may be set back: the latest time is not always the last.
        if (latest.UtcTicks > _latestTicks)
            Volatile.Write(ref _latestTicks, latest.UtcTicks);
        Volatile.Write(ref _lastRevision, lastRevision);
        Volatile.Write(ref _length, length);
    }
}

/// <summary>A snapshot as readers need to know it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Header">Its header.</param>
/// <param name="Bytes">How large it is.</param>
internal sealed record SnapshotInfo(string Path, FileHeader Header, long Bytes);
