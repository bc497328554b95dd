using System.Globalization;

namespace Rollcall.Registry.Journaling;

/// <summary>Turns an error of the disk into words that help.</summary>
internal static class JournalFailure
{
    public static JournalUnavailableException Describe(string what, string directory, Exception error)
    {
        var isFull = IsFull(error);
        var advice = isFull
            ? "Free space there or give the journal a larger disk"
            : "Look at the system's log for errors of this disk, and at the directory's owner and permissions";
        return new JournalUnavailableException(
            $"The journal could not {what} in '{directory}' ({FreeSpace(directory)}): {error.Message} Nothing of it was kept. {advice}; the journal tries anew with every write, and by itself every second.",
            isFull,
            error);
    }

    private static bool IsFull(Exception error)
    {
        // Unix: ENOSPC, EDQUOT (Linux, macOS). Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, as HRESULTs.
        const int NoSpace = 28;
        const int QuotaLinux = 122;
        const int QuotaMac = 69;
        const int HandleDiskFull = unchecked((int)0x80070027);
        const int DiskFull = unchecked((int)0x80070070);
        return error.HResult is NoSpace or HandleDiskFull or DiskFull
            || error.HResult == (OperatingSystem.IsMacOS() ? QuotaMac : QuotaLinux);
    }

    private static string FreeSpace(string directory)
    {
        try
        {
            var bytes = new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
            return string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes free");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "free space unknown";
        }
    }
}
