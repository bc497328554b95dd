namespace Rollcall.Gossip;

/// <summary>What the members of a cluster said when they were asked about their keys, or told to change them. Immutable.</summary>
/// <param name="Members">How many live members there were, this node among them.</param>
/// <param name="Answers">How many have answered in time, this node among them, whatever they said.</param>
/// <param name="Failures">By the name of a member, its words: of those that did not do it, or not wholly.</param>
/// <param name="Keys">Keys in base64 with how many members accept each; filled by <see cref="GossipNode.ListKeysAsync"/> alone.</param>
/// <param name="PrimaryKeys">Keys in base64 with how many members send with each. Old agents do not say which that is, so the sum may be less than <see cref="Answers"/>.</param>
public sealed record GossipKeyReport(
    int Members,
    int Answers,
    IReadOnlyDictionary<string, string> Failures,
    IReadOnlyDictionary<string, int> Keys,
    IReadOnlyDictionary<string, int> PrimaryKeys)
{
    /// <summary>The live members that did not answer in time, in the order of their names.</summary>
    public IReadOnlyList<string> Silent { get; init; } = [];

    /// <summary>How many have answered, who is silent and each failure in words; no key.</summary>
    public override string ToString() => ReportText.Of(Silent.Count == 0 ? $"{Answers} of {Members} answered" : $"{Answers} of {Members} answered, not {string.Join(", ", Silent)}", Failures);

    /// <summary>Whether all members have answered, and none said that it failed.</summary>
    public bool IsComplete => Answers >= Members && Failures.Count == 0;
}
