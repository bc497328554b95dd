namespace Rollcall.Registry.Journaling;

/// <summary>Finds out whether a disk that failed takes a write again, by one that counts for nothing.</summary>
internal static class DiskProbe
{
    /// <summary>More than the file systems allot at once: room for a segment's header and an ordinary batch.</summary>
    public const int LeastBytes = 64 * 1024;

    /// <summary>Writes and flushes <paramref name="bytes"/> to a file of its own, under a name that the next start clears away, and deletes it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Run(IDisk disk, string directory, int bytes)
    {
        var path = JournalPaths.Probe(directory);
        try
        {
            using var file = disk.Create(path);
            disk.Write(file, new byte[Math.Max(bytes, LeastBytes)], 0);
            disk.Flush(file);
        }
        finally
        {
            disk.Delete(path);
        }
    }
}
