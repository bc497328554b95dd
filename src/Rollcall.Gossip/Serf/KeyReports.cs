namespace Rollcall.Gossip.Serf;

/// <summary>What all members said about keys, in one report.</summary>
internal static class KeyReports
{
    /// <summary>The answers are by member, this node's among them.</summary>
    public static GossipKeyReport Of(KeyOperation operation, IEnumerable<(string Member, KeyAnswer? Answer)> answers, IReadOnlyCollection<string> silent)
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = new Dictionary<string, int>(StringComparer.Ordinal);
        var primary = new Dictionary<string, int>(StringComparer.Ordinal);
        var count = 0;
        foreach (var (member, answer) in answers)
        {
            count++;
            if (answer is null)
                failures[member] = "Its answer cannot be read.";
            else if (!answer.IsDone || answer.Words.Length > 0)
                failures[member] = answer.Words.Length > 0 ? answer.Words : "It did not say why.";
            if (answer is null || operation != KeyOperation.List)
                continue;
            foreach (var key in answer.Keys.Distinct(StringComparer.Ordinal))
                Count(keys, key);
            Count(primary, answer.PrimaryKey);
        }

        return new(count + silent.Count, count, failures, keys, primary) { Silent = [.. silent.Order(StringComparer.Ordinal)] };
    }

    // Only what is a key: a member is believed no more than that.
    private static void Count(Dictionary<string, int> keys, string text)
    {
        if (GossipKey.TryParse(text, out var key))
            keys[key.ToBase64()] = keys.GetValueOrDefault(key.ToBase64()) + 1;
    }
}
