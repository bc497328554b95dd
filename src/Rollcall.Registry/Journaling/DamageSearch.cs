using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Looks for sound records behind damage, at any byte: where one is, and whether it proves that the damage came later than the write.</summary>
internal static class DamageSearch
{
    private const int WindowBytes = 4 << 20;
    private const int LongestRecord = RecordBuffer.FrameBytes + RecordBuffer.MaxPayloadBytes;

    /// <summary>
    /// Whether the damage is what an interrupted write leaves. It is not when a later record was written at a time at which the damaged place
    /// was already on the disk: that place was whole once. A record of the same write proves nothing, for the pages of one write reach the
    /// disk in any order.
    /// </summary>
    public static bool IsTornTail(SafeFileHandle file, Damage damage, long end, long lastRevision) =>
        damage.MayBeTorn && Find(file, damage.Offset + 1, end, (payload, offset) =>
            AcceptChange(payload, offset, lastRevision) is { } found && offset - found.Prefix.Unsafe > damage.Offset ? found : null) is null;

    /// <summary>The first sound record of a segment at or after <paramref name="start"/> with a revision above <paramref name="lastRevision"/> (a mark may repeat it).</summary>
    public static FoundRecord? FindRecord(SafeFileHandle file, long start, long end, long lastRevision) =>
        Find(file, start, end, (payload, offset) => AcceptChange(payload, offset, lastRevision));

    /// <summary>The first sound record at or after <paramref name="start"/> whose payload <paramref name="accept"/> takes.</summary>
    public static FoundRecord? Find(SafeFileHandle file, long start, long end, Accept accept)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(WindowBytes, Math.Max(end - start, 1)));
        try
        {
            while (end - start > RecordBuffer.FrameBytes)
            {
                var window = buffer.AsSpan(0, ReadFully(file, buffer, start, end));
                var isLast = start + window.Length >= end || window.Length < buffer.Length;
                var stop = isLast ? window.Length - RecordBuffer.FrameBytes : window.Length - LongestRecord;
                for (var i = 0; i < stop; i++)
                {
                    if (TryRecord(window[i..], start + i, accept) is { } found)
                        return found;
                }

                if (isLast)
                    return null;
                start += stop;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FoundRecord? AcceptChange(ReadOnlySpan<byte> payload, long offset, long lastRevision) =>
        ChangeCodec.TryReadPrefix(payload, out var prefix)
        && (prefix.Revision > lastRevision || (prefix.Kind == RecordKind.Mark && prefix.Revision == lastRevision))
            ? new FoundRecord(offset, RecordBuffer.FrameBytes + payload.Length, prefix)
            : null;

    // The checksum comes last: what precedes it refuses nearly every place at the price of a few comparisons.
    private static FoundRecord? TryRecord(ReadOnlySpan<byte> bytes, long offset, Accept accept)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length is 0 or > RecordBuffer.MaxPayloadBytes || bytes.Length - RecordBuffer.FrameBytes < length)
            return null;
        var payload = bytes.Slice(RecordBuffer.FrameBytes, (int)length);
        return accept(payload, offset) is { } found
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == RecordBuffer.Checksum(bytes[..4], payload)
                ? found
                : null;
    }

    private static int ReadFully(SafeFileHandle file, byte[] buffer, long start, long end)
    {
        var wanted = (int)Math.Min(buffer.Length, end - start);
        var read = 0;
        while (read < wanted)
        {
            var bytes = RandomAccess.Read(file, buffer.AsSpan(read, wanted - read), start + read);
            if (bytes == 0)
                break;
            read += bytes;
        }

        return read;
    }
}

/// <summary>Takes or refuses a payload by its contents; null refuses.</summary>
internal delegate FoundRecord? Accept(ReadOnlySpan<byte> payload, long offset);

/// <summary>A sound record found by searching.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How many bytes it has, frame and payload.</param>
/// <param name="Prefix">What it begins with.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FoundRecord(long Offset, int Length, RecordPrefix Prefix);
