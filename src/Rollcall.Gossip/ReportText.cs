namespace Rollcall.Gossip;

/// <summary>Reports in one line, for a log: what is said in words and how many is all that matters there.</summary>
internal static class ReportText
{
    public static string Of(string head, IReadOnlyDictionary<string, string> failures) =>
        failures.Count == 0 ? head : $"{head}; {string.Join("; ", failures.OrderBy(static failure => failure.Key, StringComparer.Ordinal).Select(static failure => $"{failure.Key}: {failure.Value}"))}";
}
