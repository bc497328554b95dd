using System.Text.RegularExpressions;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>Warnings and errors of Serf agents, without what differs from run to run.</summary>
internal static partial class Complaints
{
    /// <summary>
    /// What agents say in clusters of nothing but agents as well (<c>ROLLCALL_GOSSIP_ONLY_AGENTS=1</c>) when the same happens to them, and why; where agents alone
    /// were not heard to say it, the reason tells. All of it is about a network and about processes that fail on purpose, nothing about what a message says.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Expected = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["[WARN] memberlist: Refuting a suspect message (from: NAME)"] = "It was frozen, or packets were lost, or the machine was busy for longer than a probe waits.",
        ["[WARN] memberlist: Refuting a dead message (from: NAME)"] = "It comes back after it was given up. After a partition it is nodes of ours that say it to its face, where agents alone begin a suspicion and refute that.",
        ["[WARN] memberlist: Was able to connect to NAME but other probes failed, network may be misconfigured"] = "Datagrams were lost, and a stream, which sends again what was lost, was not.",
        ["[ERR] memberlist: Failed fallback ping: NETWORK"] = "It asks over TCP one that is frozen, behind a partition, or 800 ms of round trips away.",
        ["[ERR] memberlist: Push/Pull with NAME failed: NETWORK"] = "Its partner was killed, or is frozen or behind a partition, and that is not known yet.",
        ["[ERR] memberlist: failed to receive: NETWORK"] = "Whoever opened the stream was killed, frozen or did not get to run for a second before it had sent.",
        ["[ERR] memberlist: Failed to send error: NETWORK"] = "What follows upon the one before.",
        ["[WARN] agent: Serf shutdown detected, quitting"] = "It was told to leave.",
    };

    /// <summary>What kinds of complaint there are among these lines, with how many of each.</summary>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<string> lines) => lines
        .Where(static line => line.Contains("[WARN]", StringComparison.Ordinal) || line.Contains("[ERR]", StringComparison.Ordinal))
        .Select(Kind)
        .CountBy(static kind => kind)
        .ToDictionary(StringComparer.Ordinal);

    private static string Kind(string line)
    {
        var text = line[line.IndexOf('[', StringComparison.Ordinal)..];
        text = Name().Replace(text, "NAME");
        text = Network().Replace(text, "NETWORK");
        text = Address().Replace(text, "ADDRESS");
        return Number().Replace(text, "N");
    }

    [GeneratedRegex("(theirs|ours)-[0-9]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+(:[0-9]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    // Which of them it is depends on the moment.
    [GeneratedRegex("(read|write|dial) tcp [^ ]+ (connect: )?(i/o timeout|connection refused|connection reset by peer|broken pipe|no route to host)( from=[^ ]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Network();

    [GeneratedRegex("[0-9]+(\\.[0-9]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
