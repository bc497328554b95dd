namespace Rollcall.Cli;

/// <summary>A command cannot go on; the message and the advice are printed as they are, one line each.</summary>
internal sealed class CliException(int exitCode, string message, string? advice = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do about it.</summary>
    public string? Advice { get; } = advice;
}
