namespace Rollcall.Cli.Gossip;

/// <summary>One line of an answer. The last one says that it is done, or what is wrong.</summary>
internal sealed record ControlAnswer
{
    /// <summary>The whole has been told.</summary>
    public static ControlAnswer Finished { get; } = new() { Done = true };

    public MemberDocument? Member { get; init; }

    /// <summary>The node's own name.</summary>
    public string? Node { get; init; }

    /// <summary>False where a leave was not told to all in time.</summary>
    public bool? InTime { get; init; }

    public bool Done { get; init; }

    public string? Error { get; init; }

    /// <summary>Whether the error is a fault of what was asked.</summary>
    public bool WrongUsage { get; init; }
}
