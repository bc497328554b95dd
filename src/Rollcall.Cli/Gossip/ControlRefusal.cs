namespace Rollcall.Cli.Gossip;

/// <summary>What a node was asked cannot be done; the message is for whoever asked.</summary>
internal sealed class ControlRefusal(string message, bool isWrongUsage = true) : Exception(message)
{
    /// <summary>Whether it can never be done, as it was asked.</summary>
    public bool IsWrongUsage { get; } = isWrongUsage;
}
