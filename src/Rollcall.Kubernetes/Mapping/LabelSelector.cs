using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>
/// Which labels an object must carry, in the notation of the Kubernetes API: <c>app=orders,tier!=test,track in (stable,canary),!legacy</c>.
/// Evaluated here, so that all targets of a namespace share one watch of its pods.
/// </summary>
internal sealed partial class LabelSelector
{
    /// <summary>The most requirements one selector may have.</summary>
    public const int MaxRequirements = 64;

    private readonly Requirement[] _requirements;

    private LabelSelector(Requirement[] requirements) => _requirements = requirements;

    /// <summary>The selector of a service: all of these.</summary>
    public static LabelSelector FromLabels(SmallMap<string> labels) =>
        new([.. labels.Select(static pair => new Requirement(pair.Key, [pair.Value], Wanted: true))]);

    public static bool TryParse(string text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        error = null;
        var requirements = new List<Requirement>();
        foreach (var part in Split(text))
        {
            if (requirements.Count == MaxRequirements)
                error = $"it has more than {MaxRequirements} parts";
            else if (Parse(part.Trim()) is { } requirement)
                requirements.Add(requirement);
            else
                error = $"'{part}' is none of key=value, key!=value, key in (a,b), key notin (a,b), key, !key";
            if (error is not null)
                return false;
        }

        selector = new LabelSelector([.. requirements]);
        return true;
    }

    /// <summary>True when <paramref name="labels"/> fulfil every requirement.</summary>
    public bool Matches(SmallMap<string> labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Holds(labels))
                return false;
        }

        return true;
    }

    /// <summary>True for what may be the name of a label.</summary>
    public static bool IsKey(string key) => KeyForm().IsMatch(key);

    private static Requirement? Parse(string part)
    {
        var match = Form().Match(part);
        if (!match.Success || !IsKey(match.Groups["key"].Value))
            return null;
        var key = match.Groups["key"].Value;
        var negated = match.Groups["not"].Success;
        if (match.Groups["set"].Success)
            return new Requirement(key, [.. match.Groups["set"].Value.Split(',').Select(static value => value.Trim())], match.Groups["in"].Value == "in");
        return match.Groups["op"].Success
            ? negated ? null : new Requirement(key, [match.Groups["value"].Value], match.Groups["op"].Value != "!=")
            : new Requirement(key, null, !negated);
    }

    // Commas separate, except inside of parentheses.
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                yield return text[start..i];
                start = i + 1;
            }
            else if (text[i] is '(' or ')')
            {
                depth += text[i] == '(' ? 1 : -1;
            }
        }
    }

    [GeneratedRegex(@"^([A-Za-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyForm();

    [GeneratedRegex(@"^(?<not>!)?(?<key>[\w./-]+)(\s*(?<op>==|=|!=)\s*(?<value>[\w.-]*)|\s+(?<in>in|notin)\s*\((?<set>[\w.,\s-]*)\))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();

    // No values: the key must be there (or must not).
    private sealed record Requirement(string Key, string[]? Values, bool Wanted)
    {
        public bool Holds(SmallMap<string> labels)
        {
            var has = labels.TryGetValue(Key, out var value);
            // As the API has it, a label that is not there is not equal to any value.
            return Values is null ? has == Wanted : Wanted == (has && Values.Contains(value, StringComparer.Ordinal));
        }
    }
}
