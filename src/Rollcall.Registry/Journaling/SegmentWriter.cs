using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// Writes the last segment. After a failure the file is cut back to what was whole. When that fails too, or a flush failed, the file is not
/// trusted again: a retried flush may report success for pages the system has already thrown away. The next append begins a new segment,
/// whose header says how much of this one counts. Not thread-safe.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly RecordBuffer _header = new(FileHeader.Bytes);
    private SafeFileHandle _file;
    private long _flushed;
    private bool _suspect;

    private SegmentWriter(IDisk disk, string directory, TimeProvider time, SegmentInfo segment, SafeFileHandle file)
    {
        _disk = disk;
        _directory = directory;
        _time = time;
        _file = file;
        Segment = segment;
        _flushed = segment.Length;
    }

    /// <summary>The segment that grows.</summary>
    public SegmentInfo Segment { get; private set; }

    /// <summary>Bytes written and not yet known to be on the disk.</summary>
    public long Unflushed => Segment.Length - _flushed;

    /// <summary>True when the next append must begin a new segment.</summary>
    public bool MustBeginSegment(long maxBytes) => _suspect || Segment.Length >= maxBytes;

    /// <summary>Begins the first segment of a new journal.</summary>
    public static SegmentWriter CreateFirst(IDisk disk, string directory, TimeProvider time)
    {
        // Unique in the world rather than repeatable: two lives of the data must never be taken for one.
        var header = new FileHeader(JournalFileKind.Segment, Guid.NewGuid(), 1, Now(time), 0, 0);
        var segment = new SegmentInfo(JournalPaths.Segment(directory, 1), header);
        return new SegmentWriter(disk, directory, time, segment, CreateFile(disk, directory, segment, new RecordBuffer(FileHeader.Bytes)));
    }

    /// <summary>
    /// Goes on with the last segment, cut to what is whole. It is flushed first: what was read may have been written by a process that died
    /// before its flush, and from here on it is called committed.
    /// </summary>
    public static SegmentWriter Continue(IDisk disk, string directory, TimeProvider time, SegmentInfo segment)
    {
        var file = disk.Open(segment.Path);
        try
        {
            if (RandomAccess.GetLength(file) > segment.Length)
                disk.SetLength(file, segment.Length);
            disk.Flush(file);
            disk.FlushDirectory(directory);
            return new SegmentWriter(disk, directory, time, segment, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins a new segment; the one before is on the disk first.</summary>
    public void BeginSegment(long firstRevision)
    {
        if (!_suspect)
            Flush();
        var previous = Segment.Header;
        // A segment in which nothing was ever safe is replaced under its own name.
        var header = firstRevision == previous.Revision
            ? previous
            : new FileHeader(JournalFileKind.Segment, previous.Epoch, firstRevision, Now(_time), previous.Revision, Segment.Length);
        var segment = new SegmentInfo(JournalPaths.Segment(_directory, firstRevision), header);
        var file = CreateFile(_disk, _directory, segment, _header);
        _file.Dispose();
        _file = file;
        Segment = segment;
        _flushed = segment.Length;
        _suspect = false;
    }

    /// <summary>Appends whole records as one write; nothing of them remains when it fails.</summary>
    public void Write(ReadOnlySpan<byte> records, bool flush, long lastRevision, DateTimeOffset latest)
    {
        var length = Segment.Length;
        try
        {
            _disk.Write(_file, records, length);
            if (flush)
                FlushFile();
        }
        catch
        {
            CutBack(length);
            throw;
        }

        Segment.Extend(length + records.Length, lastRevision, latest);
        if (flush)
            _flushed = Segment.Length;
    }

    /// <summary>Returns when everything written is on the disk.</summary>
    public void Flush()
    {
        if (Unflushed == 0)
            return;
        FlushFile();
        _flushed = Segment.Length;
    }

    public void Dispose() => _file.Dispose();

    // Whole and on the disk before it has its name: a segment never has half a header.
    private static SafeFileHandle CreateFile(IDisk disk, string directory, SegmentInfo segment, RecordBuffer buffer)
    {
        Span<byte> header = stackalloc byte[FileHeader.Bytes];
        segment.Header.Write(header);
        buffer.Clear();
        buffer.WriteRaw(header);
        var unfinished = segment.Path + JournalPaths.UnfinishedSuffix;
        var file = disk.Create(unfinished);
        try
        {
            disk.Write(file, buffer.Written, 0);
            disk.Flush(file);
            disk.Rename(unfinished, segment.Path);
            disk.FlushDirectory(directory);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static DateTimeOffset Now(TimeProvider time)
    {
        // Changes are timed to the millisecond; a segment must not seem to begin after its first.
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    private void FlushFile()
    {
        try
        {
            _disk.Flush(_file);
        }
        catch
        {
            _suspect = true;
            throw;
        }
    }

    private void CutBack(long length)
    {
        try
        {
            _disk.SetLength(_file, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _suspect = true;
        }
    }
}
