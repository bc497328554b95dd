namespace Rollcall.Cli.Gossip;

/// <summary>What a node was asked cannot be done; the message and the advice are for whoever asked.</summary>
internal sealed class ControlRefusal(int exitCode, string message, string? advice = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string? Advice { get; } = advice;
}
