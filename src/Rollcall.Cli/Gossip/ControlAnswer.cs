namespace Rollcall.Cli.Gossip;

/// <summary>One line of an answer. The last one says that it is done, or what is wrong.</summary>
internal sealed record ControlAnswer
{
    /// <summary>The whole has been told.</summary>
    public static ControlAnswer Finished { get; } = new() { Done = true };

    /// <summary>For <see cref="ControlRequest.Members"/>.</summary>
    public MemberDocument? Member { get; init; }

    /// <summary>For <see cref="ControlRequest.Monitor"/>.</summary>
    public ChangeDocument? Change { get; init; }

    /// <summary>The node's own name.</summary>
    public string? Node { get; init; }

    /// <summary>The node's own tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>How many addresses have answered a join.</summary>
    public int Joined { get; init; }

    /// <summary>Which have not, and why.</summary>
    public IReadOnlyDictionary<string, string>? Failures { get; init; }

    /// <summary>How many members there are.</summary>
    public int Live { get; init; }

    /// <summary>True where a leave was not told to all in time.</summary>
    public bool Late { get; init; }

    /// <summary>What the members said of their keys.</summary>
    public KeysDocument? Keys { get; init; }

    public bool Done { get; init; }

    public string? Error { get; init; }

    /// <summary>What to do about the error.</summary>
    public string? Advice { get; init; }

    /// <summary>What the process ends with that asked; one of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; init; }
}
