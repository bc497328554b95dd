namespace Rollcall.Cli.Gossip;

/// <summary>What a node is asked: one line, and one of a connection.</summary>
internal sealed record ControlRequest
{
    public const string Members = "members";
    public const string Leave = "leave";

    /// <summary>What is wanted; one of the above.</summary>
    public string Command { get; init; } = "";
}
