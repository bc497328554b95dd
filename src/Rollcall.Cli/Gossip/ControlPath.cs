using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Cli.Gossip;

/// <summary>Where a node and those who ask it meet.</summary>
/// <param name="File">The socket.</param>
/// <param name="IsDefault">Whether nobody has named it.</param>
internal sealed partial record ControlPath(string File, bool IsDefault)
{
    /// <summary>The environment variable that names the socket.</summary>
    public const string Variable = "ROLLCALL_GOSSIP_CONTROL";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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

    /// <summary>Makes the directory of the default place, for this user alone. Another one has to be there.</summary>
    /// <exception cref="CliException">It cannot be made, or belongs to somebody else.</exception>
    public void MakeDirectory()
    {
        if (!IsDefault || Path.GetDirectoryName(File) is not { } directory)
            return;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
                return;
            }

            Directory.CreateDirectory(directory, OwnerOnly);
            if (new DirectoryInfo(directory).LinkTarget is not null)
                throw new UnauthorizedAccessException("it is a link");

            // Only its owner may: in a directory for all somebody else can have made it first.
            System.IO.File.SetUnixFileMode(directory, OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"{directory}, the place of the control socket, cannot be used: {error.Message.TrimEnd('.')}.", "Name another place with --control.");
        }
    }

    private static string UserId() => OperatingSystem.IsWindows() ? Environment.UserName : EffectiveUser().ToString(CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
