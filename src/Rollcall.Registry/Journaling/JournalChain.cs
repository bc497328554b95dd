using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Whether the files of a journal belong together: one epoch, each segment following the one before, none missing.</summary>
internal static class JournalChain
{
    /// <summary>The header of a file, or what is wrong with it.</summary>
    public static string? TryReadHeader(JournalFile file, out FileHeader header)
    {
        using var handle = Disk.OpenRead(file.Path);
        var problem = TryReadHeader(handle, file.Kind, out header);
        if (problem is not null || header.Revision == file.Revision)
            return problem;
        return $"its name says revision {file.Revision} and its header {header.Revision}";
    }

    /// <summary>Why <paramref name="next"/> cannot follow <paramref name="previous"/>; null when it does.</summary>
    public static string? BreakBetween(FileHeader previous, long previousBytes, FileHeader next)
    {
        if (next.Epoch != previous.Epoch)
            return $"it belongs to another journal: its epoch is {next.Epoch:N} and that of the segment before {previous.Epoch:N}";
        if (next.PreviousRevision != previous.Revision)
            return $"the segment before it, which begins with revision {next.PreviousRevision}, is missing";
        return previousBytes < next.PreviousLength
            ? $"the segment before it has {previousBytes} bytes of the {next.PreviousLength} it had: it was cut short"
            : null;
    }

    private static string? TryReadHeader(SafeFileHandle file, JournalFileKind kind, out FileHeader header)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Bytes];
        var read = 0;
        while (read < bytes.Length)
        {
            var more = RandomAccess.Read(file, bytes[read..], read);
            if (more == 0)
                break;
            read += more;
        }

        return FileHeader.TryRead(bytes[..read], kind, out header);
    }
}
