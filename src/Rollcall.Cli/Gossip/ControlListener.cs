using System.Net.Sockets;

namespace Rollcall.Cli.Gossip;

/// <summary>The socket that a node is asked by. Its user alone may connect; no second node can have it, and one that a dead process has left behind is replaced.</summary>
internal sealed class ControlListener : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Backlog = 16;

    private readonly Socket _socket;
    private readonly FileStream _lock;

    private ControlListener(string path, Socket socket, FileStream held) => (Path, _socket, _lock) = (path, socket, held);

    public string Path { get; }

    /// <exception cref="CliException">It cannot be had; the message says why and what to do.</exception>
    public static ControlListener Open(ControlPath place)
    {
        place.MakeDirectory();
        var path = place.File;
        var held = Lock(path);
        try
        {
            Replace(path);
            return new(path, Bind(path), held);
        }
        catch
        {
            LetGo(path, held);
            throw;
        }
    }

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken) => _socket.AcceptAsync(cancellationToken);

    public void Dispose()
    {
        _socket.Dispose();

        File.Delete(Path);
        LetGo(Path, _lock);
    }

    // What belongs to the lock goes before it: later it may be the next node's.
    private static void LetGo(string path, FileStream held)
    {
        File.Delete(LockOf(path));
        held.Dispose();
    }

    private static string LockOf(string path) => path + ".lock";

    // A socket file outlives its process, and whether anybody listens cannot be asked and acted upon in one step. The system lets go of a lock however a process dies.
    private static FileStream Lock(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            return new(LockOf(path), options);
        }
        catch (IOException error) when (IsHeldElsewhere(error))
        {
            throw InUse(path);
        }
        catch (PathTooLongException)
        {
            throw TooLong(path);
        }
        catch (DirectoryNotFoundException)
        {
            throw Unusable(path, $"there is no directory {System.IO.Path.GetDirectoryName(path)}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, error.Message.Replace(LockOf(path), path, StringComparison.Ordinal)); // which nobody has heard of
        }
    }

    // Whoever cleans up a directory for all may have taken the lock away from a node that lives.
    private static void Replace(string path)
    {
        if (!Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused && ControlPath.IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It lives, and is busy.
        }
        catch (SocketException error)
        {
            throw Unusable(path, ControlPath.IsSocket(path) ? error.Message : "there is something else of this name");
        }
        catch (ArgumentException)
        {
            throw TooLong(path);
        }

        throw InUse(path);
    }

    private static Socket Bind(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));

            // In this order nobody else can connect in between.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, OwnerOnly);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error switch
            {
                SocketException or IOException or UnauthorizedAccessException => Unusable(path, error.Message),
                ArgumentException => TooLong(path),
                _ => error,
            };
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static bool IsHeldElsewhere(IOException error)
    {
        // Windows: ERROR_SHARING_VIOLATION. Unix: EWOULDBLOCK, of flock.
        const int SharingViolation = unchecked((int)0x80070020);
        const int WouldBlockLinux = 11;
        const int WouldBlockBsd = 35;
        return OperatingSystem.IsWindows() ? error.HResult == SharingViolation : error.HResult is WouldBlockLinux or WouldBlockBsd;
    }

    private static CliException InUse(string path) =>
        new(ExitCode.Failed, $"{path} is in use by another node; give this one a place of its own with --control.");

    private static CliException Unusable(string path, string reason) =>
        new(ExitCode.Failed, $"the control socket {path} cannot be made: {reason.TrimEnd('.')}.", "Name another place with --control.");

    private static CliException TooLong(string path) =>
        new(ExitCode.Failed, $"the control socket {path} cannot be made: the system allows about a hundred bytes of path.", "Name a shorter one with --control.");
}
