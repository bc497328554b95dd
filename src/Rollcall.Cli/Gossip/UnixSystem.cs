using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Rollcall.Cli.Gossip;

/// <summary>What Unix knows of users and files, and the framework does not tell.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixSystem
{
    public const uint Root = 0;
    private const int HereIfRelative = -100;
    private const uint OwnerAndGroup = 0x18;

    /// <summary>On behalf of whom this process acts.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>What is at a path, without following a link at its end; null where there is nothing.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static PlaceFacts? Look(string path)
    {
        if (OperatingSystem.IsLinux())
            return LookOnLinux(path);
        var directory = new DirectoryInfo(path);
        return Path.Exists(path) || directory.LinkTarget is not null
            ? new(directory.Exists && directory.LinkTarget is null, Owner: null, directory.UnixFileMode)
            : null;
    }

    /// <summary>Who listens at, or has connected to, the other end; null where the system does not say.</summary>
    public static uint? PeerOf(Socket socket)
    {
        try
        {
            // struct ucred of Linux: process, user, group. struct xucred of macOS: version, user, groups.
            Span<byte> answer = stackalloc byte[128];
            var (level, name) = OperatingSystem.IsMacOS() ? (0, 1) : (1, RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 21 : 17);
            var length = socket.GetRawSocketOption(level, name, answer);
            return length >= 8 ? MemoryMarshal.Read<uint>(answer[4..]) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Returns when what is renamed in a directory is on the disk.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public static void Flush(string directory)
    {
        var descriptor = OpenDirectory(directory, flags: 0);
        if (descriptor < 0)
            throw Failure(directory);
        try
        {
            if (FlushDescriptor(descriptor) != 0)
                throw Failure(directory);
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    /// <summary>Gives a file the owner and the group of another, or at least the group. False where not even that may be done, or the system does not say who they are.</summary>
    public static bool TryGiveAs(string other, string path)
    {
        const uint NoChange = uint.MaxValue;
        Span<byte> answer = stackalloc byte[256];
        if (!OperatingSystem.IsLinux() || StatusOf(HereIfRelative, other, 0, OwnerAndGroup, answer) != 0)
            return false;
        var (owner, group) = (MemoryMarshal.Read<uint>(answer[20..]), MemoryMarshal.Read<uint>(answer[24..]));
        return GiveTo(path, owner, group) == 0 || GiveTo(path, NoChange, group) == 0;
    }

    // The one call whose answer looks the same on every processor: statx(2).
    private static PlaceFacts? LookOnLinux(string path)
    {
        const int DoNotFollow = 0x100;
        const uint TypeModeAndOwner = 0xb;
        const int NoSuchFile = 2, NotADirectory = 20;
        Span<byte> answer = stackalloc byte[256];
        if (StatusOf(HereIfRelative, path, DoNotFollow, TypeModeAndOwner, answer) != 0)
            return Marshal.GetLastPInvokeError() is NoSuchFile or NotADirectory ? null : throw Failure(path);
        var owner = MemoryMarshal.Read<uint>(answer[20..]);
        int mode = MemoryMarshal.Read<ushort>(answer[28..]);
        return new((mode & 0xf000) == 0x4000, owner, (UnixFileMode)(mode & 0xfff));
    }

    private static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatusOf(int directory, string path, int flags, uint mask, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GiveTo(string path, uint owner, uint group);

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
