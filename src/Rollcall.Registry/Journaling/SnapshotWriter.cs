using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// Writes a snapshot on the side, in pieces, while appends go on. Each piece is flushed by itself, so that no append waits behind the
/// flush of the whole.
/// </summary>
internal static class SnapshotWriter
{
    private const int PieceBytes = 256 * 1024;
    private const int FlushEveryBytes = 4 * PieceBytes;

    /// <summary>Writes it under a name that recovery ignores, flushes it, then gives it its own.</summary>
    public static async ValueTask<SnapshotInfo> WriteAsync(
        IDisk disk,
        string directory,
        FileHeader header,
        IEnumerable<Instance> instances,
        EmptiedServices emptied,
        CancellationToken cancellationToken)
    {
        var path = JournalPaths.Snapshot(directory, header.Revision);
        var unfinished = path + JournalPaths.UnfinishedSuffix;
        try
        {
            long length;
            using (var file = disk.Create(unfinished))
            {
                length = await WriteRecordsAsync(disk, file, header, instances, emptied, cancellationToken);
                disk.Flush(file);
            }

            disk.Rename(unfinished, path);
            disk.FlushDirectory(directory);
            return new SnapshotInfo(path, header, length);
        }
        catch
        {
            disk.Delete(unfinished);
            throw;
        }
    }

    private static async ValueTask<long> WriteRecordsAsync(
        IDisk disk,
        SafeFileHandle file,
        FileHeader header,
        IEnumerable<Instance> instances,
        EmptiedServices emptied,
        CancellationToken cancellationToken)
    {
        var buffer = new RecordBuffer(PieceBytes + RecordBuffer.FrameBytes + RecordBuffer.MaxPayloadBytes / 8);
        WriteHeader(buffer, header);
        long length = 0;
        long flushed = 0;
        long count = 0;
        foreach (var instance in instances)
        {
            InstanceCodec.Write(buffer, instance, header.Revision, header.Time);
            count++;
            if (buffer.Length >= PieceBytes)
                await WritePieceAsync();
        }

        foreach (var service in emptied.Services)
        {
            EmptiedCodec.Write(buffer, service, header.Revision, header.Time);
            if (buffer.Length >= PieceBytes)
                await WritePieceAsync();
        }

        EmptiedCodec.WriteEnd(buffer, new SnapshotEnd(count, emptied.Services.Count, emptied.Forgotten));
        await disk.WriteAsync(file, buffer.WrittenMemory, length, cancellationToken);
        return length + buffer.Length;

        async ValueTask WritePieceAsync()
        {
            await disk.WriteAsync(file, buffer.WrittenMemory, length, cancellationToken);
            length += buffer.Length;
            buffer.Clear();
            if (length - flushed < FlushEveryBytes)
                return;
            disk.Flush(file);
            flushed = length;
        }
    }

    private static void WriteHeader(RecordBuffer buffer, FileHeader header)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Bytes];
        header.Write(bytes);
        buffer.WriteRaw(bytes);
    }
}
