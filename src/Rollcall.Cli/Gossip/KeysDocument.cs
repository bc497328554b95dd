using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>What the members of a cluster said of their keys.</summary>
internal sealed record KeysDocument
{
    /// <summary>How many live members there are.</summary>
    public required int Members { get; init; }

    /// <summary>How many have answered in time.</summary>
    public int Answers { get; init; }

    /// <summary>Who has not.</summary>
    public required IReadOnlyList<string> Silent { get; init; }

    /// <summary>Who has not done it, and why.</summary>
    public required IReadOnlyDictionary<string, string> Failures { get; init; }

    /// <summary>Each key with how many accept it.</summary>
    public required IReadOnlyDictionary<string, int> Keys { get; init; }

    /// <summary>Each key with how many send with it. Old agents do not say.</summary>
    public required IReadOnlyDictionary<string, int> PrimaryKeys { get; init; }

    public bool IsComplete => Answers >= Members && Failures.Count == 0;

    public static KeysDocument Of(GossipKeyReport report) => new()
    {
        Members = report.Members,
        Answers = report.Answers,
        Silent = report.Silent,
        Failures = report.Failures,
        Keys = report.Keys,
        PrimaryKeys = report.PrimaryKeys,
    };
}
