namespace Rollcall.Cli.Execution;

/// <summary>Finds the file of a program as a shell does, so that what cannot run is known before anything is promised.</summary>
internal static class ProgramFile
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The file to run.</summary>
    /// <exception cref="CliException">There is none (127), or it cannot be run (126).</exception>
    public static string Find(string program, string? searchPath)
    {
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            if (!Path.Exists(program))
                throw new CliException(ExitCode.CommandNotFound, $"{program}: no such file.", "Nothing was registered.");
            return IsProgram(program) ? Path.GetFullPath(program) : throw CannotRun(program);
        }

        string? blocked = null;
        foreach (var directory in (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var file = Path.Combine(directory, program);
            if (IsProgram(file))
                return Path.GetFullPath(file);
            if (File.Exists(file))
                blocked ??= file;
        }

        throw blocked is null
            ? new CliException(ExitCode.CommandNotFound, $"{program}: command not found in PATH.", "Nothing was registered.")
            : CannotRun(blocked);
    }

    /// <summary>The same, but null when there is none.</summary>
    public static string? TryFind(string program, string? searchPath)
    {
        try
        {
            return Find(program, searchPath);
        }
        catch (CliException)
        {
            return null;
        }
    }

    private static CliException CannotRun(string file) =>
        new(ExitCode.CannotRun, $"{file} cannot be run: it is {(Directory.Exists(file) ? "a directory" : "not executable")}.", "Nothing was registered.");

    private static bool IsProgram(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None);
}
