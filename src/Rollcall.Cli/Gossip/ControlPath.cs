using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Rollcall.Cli.Gossip;

/// <summary>Where a node and those who ask it meet.</summary>
/// <param name="File">The socket.</param>
/// <param name="IsDefault">Whether nobody has named it.</param>
internal sealed record ControlPath(string File, bool IsDefault)
{
    /// <summary>The environment variable that names the socket.</summary>
    public const string Variable = "ROLLCALL_GOSSIP_CONTROL";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Directory => Path.GetDirectoryName(File) ?? File;

    /// <summary>What the command line names, else the environment, else the place for this user.</summary>
    public static ControlPath Of(string? given, Func<string, string?> variable)
    {
        if (given is { Length: > 0 } || (given = variable(Variable)) is { Length: > 0 })
            return new(Path.GetFullPath(given), IsDefault: false);
        var directory = variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
            ? Path.Combine(runtime, "rollcall")
            : Path.Combine(OperatingSystem.IsWindows() ? Path.GetTempPath() : "/tmp", string.Create(CultureInfo.InvariantCulture, $"rollcall-{UserId()}"));
        return new(Path.Combine(directory, "gossip.sock"), IsDefault: true);
    }

    /// <summary>Of what is at a path. Only a socket cannot be opened; whatever else is there is somebody's.</summary>
    public static bool IsSocket(string path)
    {
        try
        {
            using var opened = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes the directory of the default place, for this user alone. Another one has to be there.</summary>
    /// <exception cref="CliException">It cannot be made, or somebody else could use it.</exception>
    public void MakeDirectory()
    {
        if (!IsDefault)
            return;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                System.IO.Directory.CreateDirectory(Directory);
                return;
            }

            System.IO.Directory.CreateDirectory(Directory, OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is in the way is told better by what it is.
            CheckDirectory(ExitCode.Failed);
            throw Unusable(error.Message);
        }

        CheckDirectory(ExitCode.Failed);
        if (!OperatingSystem.IsWindows() && !OperatingSystem.IsLinux())
            ClaimDirectory();
    }

    /// <summary>Before anything is looked for in the default place: in a directory for all somebody else can have made it first.</summary>
    /// <param name="exitCode">Of the refusal.</param>
    /// <exception cref="CliException">It is not of this user alone.</exception>
    public void CheckDirectory(int exitCode)
    {
        if (!IsDefault || OperatingSystem.IsWindows() || Facts() is not { } facts)
            return;
        if (new ControlTrust(UnixSystem.EffectiveUser).RefuseDefault(facts) is var (reason, advice))
            throw new CliException(exitCode, $"{Directory}, the place of the control socket, cannot be trusted: {reason}.", $"{advice}, or name another place with --control.");
    }

    /// <summary>Before anything is said: whoever listens is of this user or root, or somebody whom root may ask.</summary>
    /// <param name="socket">Connected.</param>
    /// <param name="hasKey">Whether there is a key in what will be said.</param>
    /// <exception cref="CliException">It is somebody else.</exception>
    public void CheckPeer(Socket socket, bool hasKey)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (new ControlTrust(UnixSystem.EffectiveUser).Refuse(File, Facts() ?? default, UnixSystem.PeerOf(socket), hasKey) is var (reason, advice))
            throw new CliException(ExitCode.Unreachable, reason, advice);
    }

    // Where the system does not say whose it is: its owner alone may do this, and root, who is told by who listens.
    [UnsupportedOSPlatform("windows")]
    private void ClaimDirectory()
    {
        try
        {
            System.IO.File.SetUnixFileMode(Directory, OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(error.Message);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private PlaceFacts? Facts()
    {
        try
        {
            return UnixSystem.Look(Directory);
        }
        catch (IOException error)
        {
            throw Unusable(error.Message);
        }
    }

    private CliException Unusable(string reason) =>
        new(ExitCode.Failed, $"{Directory}, the place of the control socket, cannot be used: {reason.TrimEnd('.')}.", "Name another place with --control.");

    private static string UserId() => OperatingSystem.IsWindows() ? Environment.UserName : UnixSystem.EffectiveUser.ToString(CultureInfo.InvariantCulture);
}
