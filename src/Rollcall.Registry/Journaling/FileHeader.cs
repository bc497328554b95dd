using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rollcall.Registry.Journaling;

/// <summary>What a file of the journal holds.</summary>
public enum JournalFileKind
{
    /// <summary>Changes, in order of revision.</summary>
    Segment = 0,

    /// <summary>Every instance as of one revision.</summary>
    Snapshot = 1,
}

/// <summary>The first 64 bytes of every file (docs/journal-format.md).</summary>
/// <param name="Kind">Told by the magic.</param>
/// <param name="Epoch">The life of the data that the file belongs to.</param>
/// <param name="Revision">First revision of a segment; the revision of a snapshot.</param>
/// <param name="Time">When a segment was begun; the moment of a snapshot.</param>
/// <param name="PreviousRevision">First revision of the segment before; 0 when there never was one.</param>
/// <param name="PreviousLength">How many bytes of the segment before count; what follows them there is void.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileHeader(
    JournalFileKind Kind,
    Guid Epoch,
    long Revision,
    DateTimeOffset Time,
    long PreviousRevision,
    long PreviousLength)
{
    public const int Bytes = 64;
    private const uint Version = 1;
    private const int ChecksumAt = Bytes - sizeof(uint);

    // As in PNG: a line end in the magic shows a transfer that took the file for text.
    private static ReadOnlySpan<byte> SegmentMagic => "RCJRNL\r\n"u8;

    private static ReadOnlySpan<byte> SnapshotMagic => "RCSNAP\r\n"u8;

    public void Write(Span<byte> target)
    {
        (Kind == JournalFileKind.Segment ? SegmentMagic : SnapshotMagic).CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        Epoch.TryWriteBytes(target[12..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[28..], Revision);
        BinaryPrimitives.WriteInt64LittleEndian(target[36..], UnixTicks.From(Time));
        BinaryPrimitives.WriteInt64LittleEndian(target[44..], PreviousRevision);
        BinaryPrimitives.WriteInt64LittleEndian(target[52..], PreviousLength);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], Crc32C.Compute(target[..ChecksumAt]));
    }

    /// <summary>Null when the header is whole; else what is wrong with it.</summary>
    public static string? TryRead(ReadOnlySpan<byte> source, JournalFileKind kind, out FileHeader header)
    {
        header = default;
        if (source.Length < Bytes)
            return $"the header is incomplete ({source.Length} of {Bytes} bytes)";
        if (!source.StartsWith(kind == JournalFileKind.Segment ? SegmentMagic : SnapshotMagic))
            return "the magic is wrong: it is not such a file, or its beginning is damaged";
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) != Crc32C.Compute(source[..ChecksumAt]))
            return "the checksum of the header is wrong";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (version != Version)
            return $"its format is version {version} and this program reads version {Version}";
        if (!UnixTicks.TryParse(BinaryPrimitives.ReadInt64LittleEndian(source[36..]), out var time))
            return "its time is out of range";
        header = new FileHeader(
            kind,
            new Guid(source[12..28], bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(source[28..]),
            time,
            BinaryPrimitives.ReadInt64LittleEndian(source[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[52..]));
        return header.Revision < 0 || header.PreviousRevision < 0 || header.PreviousLength < 0 ? "a number in the header is negative" : null;
    }
}
