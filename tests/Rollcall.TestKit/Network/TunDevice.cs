using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace Rollcall.TestKit.Network;

/// <summary>A network device whose other end is this program: what is routed to it can be read as IP packets, and what is written comes out of it.</summary>
internal sealed partial class TunDevice : IDisposable
{
    private const string Path = "/dev/net/tun";
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;
    private const int InterfaceRequestBytes = 40;
    private const int FlagsAt = 16; // after the name
    private const short Readable = 1;

    private readonly int _file;

    private TunDevice(int file) => _file = file;

    /// <summary>Makes one in the network namespace of this thread. Where the kernel has none the test is skipped.</summary>
    public static TunDevice Open(string name)
    {
        var file = Open(Path, ReadWrite | NonBlocking | CloseOnExec);
        Assert.SkipWhen(file < 0, $"{Path} cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        Span<byte> request = stackalloc byte[InterfaceRequestBytes];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request);
        MemoryMarshal.Write(request[FlagsAt..], TunWithoutHeader);
        if (Control(file, SetInterface, ref MemoryMarshal.GetReference(request)) == 0)
            return new TunDevice(file);
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        _ = Close(file);
        throw error;
    }

    /// <summary>Waits for a packet, at most so long.</summary>
    public void Wait(TimeSpan limit)
    {
        var wanted = new Wanted { File = _file, Events = Readable };
        _ = Poll(ref wanted, 1, (int)Math.Ceiling(limit.TotalMilliseconds));
    }

    /// <summary>Takes a packet: its length, or no more than 0 when there is none.</summary>
    public int Read(Span<byte> buffer) => (int)Read(_file, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);

    /// <summary>Gives a packet back. One that there is no room for is lost, as on any wire.</summary>
    public void Write(ReadOnlySpan<byte> packet) => _ = Write(_file, in MemoryMarshal.GetReference(packet), (nuint)packet.Length);

    public void Dispose() => _ = Close(_file);

    [StructLayout(LayoutKind.Sequential)]
    private struct Wanted
    {
        public int File;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int file, nuint request, ref byte argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref Wanted wanted, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int file, ref byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int file, in byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);
}
