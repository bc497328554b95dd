using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>The real disk.</summary>
internal sealed partial class Disk : IDisk
{
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    public SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, ShareAll);

    public SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, ShareAll);

    /// <summary>An existing file, to read from its beginning to its end, while others may write or delete it.</summary>
    public static SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, ShareAll, FileOptions.SequentialScan);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) =>
        RandomAccess.WriteAsync(file, bytes, offset, cancellationToken);

    public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    public void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    // A name is safe only when its directory is flushed, and .NET refuses to open directories: hence the three calls to the C library.
    // Windows has no such call; NTFS journals names by itself.
    public void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        const int ReadOnly = 0;
        var descriptor = OpenDirectory(directory, ReadOnly);
        if (descriptor < 0)
            throw Failure("open", directory);
        try
        {
            if (FlushDescriptor(descriptor) != 0)
                throw Failure("flush", directory);
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    private static IOException Failure(string what, string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {what} the directory '{directory}': {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);
}
