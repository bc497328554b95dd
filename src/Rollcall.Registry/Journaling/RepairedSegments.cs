using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// Writes the repaired copy: sound records verbatim, one new segment for each old one, each saying how much of the one before counts, and a
/// record of every gap where revisions are lost. The files keep their unfinished names until all of them are on the disk.
/// </summary>
internal sealed class RepairedSegments(IDisk disk, string directory, Guid epoch, TimeProvider time) : IDisposable
{
    private const int PieceBytes = 1 << 20;
    private readonly RecordBuffer _buffer = new();
    private readonly List<string> _paths = [];
    private SafeFileHandle? _file;
    private FileHeader _header;
    private long _written;
    private (long Revision, long Length) _previous;
    private DateTimeOffset? _begun;

    /// <summary>The revision that the next record should have.</summary>
    public long NextRevision { get; private set; } = 1;

    /// <summary>The names the files will have.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Goes on behind a segment that stays as it is.</summary>
    public void ContinueAfter(long firstRevision, long length, long nextRevision)
    {
        _previous = (firstRevision, length);
        NextRevision = nextRevision;
    }

    /// <summary>What is added from here on goes into a new segment, begun at that time; null when that is not known.</summary>
    public void NextSegment(DateTimeOffset? begun)
    {
        CloseSegment();
        _begun = begun;
    }

    public void Add(RecordPrefix prefix, ReadOnlySpan<byte> payload)
    {
        if (prefix.Kind == RecordKind.Mark)
            return;
        if (prefix.Kind == RecordKind.Gap)
        {
            AddGap(prefix.Revision, prefix.Time);
            return;
        }

        Begin(prefix.Time);
        var start = _buffer.BeginRecord();
        _buffer.WriteRaw(payload);
        _buffer.EndRecord(start);
        NextRevision = prefix.Revision + 1;
        if (_buffer.Length >= PieceBytes)
            WritePiece();
    }

    /// <summary>Revisions up to <paramref name="last"/> are lost.</summary>
    public void AddGap(long last, DateTimeOffset followedAt)
    {
        Begin(followedAt);
        ChangeCodec.Write(_buffer, new RecordPrefix(RecordKind.Gap, 0, last, followedAt));
        NextRevision = last + 1;
    }

    /// <summary>All is on the disk, under unfinished names.</summary>
    /// <param name="mustExist">Whether a segment is needed even when there is nothing to put into it.</param>
    public void Finish(bool mustExist)
    {
        if (_paths.Count == 0 && mustExist)
            Begin(time.GetUtcNow());
        if (_file is not null)
            ChangeCodec.Write(_buffer, new RecordPrefix(RecordKind.Mark, 0, NextRevision - 1, time.GetUtcNow()));
        CloseSegment();
    }

    public void Dispose() => _file?.Dispose();

    private void Begin(DateTimeOffset firstTime)
    {
        if (_file is not null)
            return;
        _header = new FileHeader(JournalFileKind.Segment, epoch, NextRevision, _begun ?? firstTime, _previous.Revision, _previous.Length);
        _begun = null;
        var path = JournalPaths.Segment(directory, NextRevision);
        _file = disk.Create(path + JournalPaths.UnfinishedSuffix);
        _paths.Add(path);
        Span<byte> header = stackalloc byte[FileHeader.Bytes];
        _header.Write(header);
        _buffer.WriteRaw(header);
    }

    private void CloseSegment()
    {
        if (_file is null)
            return;
        WritePiece();
        disk.Flush(_file);
        _file.Dispose();
        _file = null;
        _previous = (_header.Revision, _written);
        _written = 0;
    }

    private void WritePiece()
    {
        disk.Write(_file!, _buffer.Written, _written);
        _written += _buffer.Length;
        _buffer.Clear();
    }
}
