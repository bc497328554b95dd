using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>What the journal does to a disk when it writes; the seam at which tests make it fail.</summary>
internal interface IDisk
{
    /// <summary>A new file; an existing one of that name is emptied.</summary>
    SafeFileHandle Create(string path);

    /// <summary>An existing file, to read and write.</summary>
    SafeFileHandle Open(string path);

    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken);

    /// <summary>Returns when everything written to the file is on the disk.</summary>
    void Flush(SafeFileHandle file);

    void SetLength(SafeFileHandle file, long length);

    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Returns when files made, renamed and deleted in the directory are so on the disk.</summary>
    void FlushDirectory(string directory);
}
