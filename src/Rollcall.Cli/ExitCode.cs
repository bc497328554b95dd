namespace Rollcall.Cli;

/// <summary>What the process ends with; part of the contract with scripts.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int NotFound = 3;
    public const int Unreachable = 4;

    /// <summary>A command was found but could not be run, as a shell says it.</summary>
    public const int CannotRun = 126;

    /// <summary>No such command, as a shell says it.</summary>
    public const int CommandNotFound = 127;

    /// <summary>Ended by Ctrl-C before it was done: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody read the output any more: 128 and the number of SIGPIPE.</summary>
    public const int ReaderGone = 141;

    /// <summary>The one line of help about them.</summary>
    public const string Summary = "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not found, 4 node unreachable.";
}
