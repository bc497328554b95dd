using System.ComponentModel;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Rollcall.TestKit.Network;

/// <summary>A network namespace: to programs in it a machine of its own, with one address.</summary>
public sealed partial class TestHost
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int NetworkNamespace = 0x40000000;

    internal TestHost(string name, IPAddress address) => (Name, Address) = (name, address);

    /// <summary>The namespace.</summary>
    public string Name { get; }

    public IPAddress Address { get; }

    /// <summary>A command that runs another one on this host, as the process that it starts as.</summary>
    public string[] Command(params IReadOnlyList<string> command) => [DebianTool.Find("ip", "iproute2"), "netns", "exec", Name, .. command];

    /// <summary>Runs code on this host: sockets that it makes stay there.</summary>
    /// <remarks>On a thread of its own, which ends with it and so takes no other code along to the host.</remarks>
    public T Run<T>(Func<T> code)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = code();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private void Enter()
    {
        var file = Open($"/run/netns/{Name}", ReadOnly | CloseOnExec);
        try
        {
            if (file < 0 || SetNamespace(file, NetworkNamespace) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        finally
        {
            if (file >= 0)
                _ = Close(file);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(int file, int kind);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);
}
