using System.Globalization;

namespace Rollcall.Registry.Journaling;

/// <summary>Keeps a second process out of a directory. The system lets go of it when the process dies, however it dies.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string LockName = "lock";
    private const string HolderName = "lock.pid";
    private readonly FileStream _lock;
    private readonly string _holderPath;

    private DirectoryLock(FileStream held, string holderPath)
    {
        _lock = held;
        _holderPath = holderPath;
    }

    /// <exception cref="JournalLockedException">Another process holds it.</exception>
    public static DirectoryLock Take(string directory)
    {
        var holderPath = Path.Combine(directory, HolderName);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (IsHeldElsewhere(error))
        {
            var holder = ReadHolder(holderPath);
            throw new JournalLockedException(
                $"The journal in '{directory}' is in use by {(holder is { } id ? string.Create(CultureInfo.InvariantCulture, $"process {id}") : "another process")}. "
                + "Stop that process, or give this one a directory of its own (--data).",
                holder,
                error);
        }

        try
        {
            // Beside the lock, for the lock itself cannot be read while it is held.
            File.WriteAllText(holderPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // On a full disk. The lock holds all the same; only its message will not name the process.
        }

        return new DirectoryLock(held, holderPath);
    }

    /// <summary>Whether a process holds it now.</summary>
    public static bool IsHeld(string directory)
    {
        var path = Path.Combine(directory, LockName);
        if (!File.Exists(path))
            return false;
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (IOException error) when (IsHeldElsewhere(error))
        {
            return true;
        }
    }

    public void Dispose()
    {
        // Before the lock is let go: later the file may be that of the next holder.
        File.Delete(_holderPath);
        _lock.Dispose();
    }

    private static bool IsHeldElsewhere(IOException error)
    {
        // Windows: ERROR_SHARING_VIOLATION. Unix: EWOULDBLOCK, of flock.
        const int SharingViolation = unchecked((int)0x80070020);
        const int WouldBlockLinux = 11;
        const int WouldBlockBsd = 35;
        var wouldBlock = OperatingSystem.IsLinux() ? WouldBlockLinux : WouldBlockBsd;
        return error.HResult == (OperatingSystem.IsWindows() ? SharingViolation : wouldBlock);
    }

    private static int? ReadHolder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
