using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Objects;

/// <summary>A label selector as queries write it: <c>app=orders,tier in (web, api),!legacy</c>.</summary>
public sealed class LabelSelector
{
    private readonly List<Func<JsonObject?, bool>> _requirements = [];

    private LabelSelector()
    {
    }

    /// <summary>Fits everything.</summary>
    public static LabelSelector Everything { get; } = new();

    /// <summary>The selector of a service or stateful set: every label equal. Null for none, which fits nothing there.</summary>
    public static LabelSelector? FromMap(JsonObject? labels)
    {
        if (labels is null || labels.Count == 0)
            return null;
        var selector = new LabelSelector();
        foreach (var (key, value) in labels)
            selector.AddEquals(key, value!.GetValue<string>());
        return selector;
    }

    /// <exception cref="ApiStatusException">It is none.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Everything;
        var selector = new LabelSelector();
        foreach (var term in Terms(text))
            selector.Add(term);
        return selector;
    }

    public bool Fits(JsonObject? labels) => _requirements.TrueForAll(requirement => requirement(labels));

    private void Add(string term)
    {
        if (term.StartsWith('!'))
        {
            var absent = Key(term[1..]);
            _requirements.Add(labels => Value(labels, absent) is null);
        }
        else if (term.IndexOf('(', StringComparison.Ordinal) is > 0 and var open)
        {
            var words = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is not [var key, "in" or "notin"] || !term.EndsWith(')'))
                throw Malformed(term);
            var values = term[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            var isIn = words[1] == "in";
            _requirements.Add(labels => Value(labels, key) is { } value ? values.Contains(value, StringComparer.Ordinal) == isIn : !isIn);
        }
        else if (term.IndexOf("!=", StringComparison.Ordinal) is > 0 and var not)
        {
            var (key, unwanted) = (Key(term[..not]), term[(not + 2)..].Trim());
            _requirements.Add(labels => Value(labels, key) != unwanted);
        }
        else if (term.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            AddEquals(Key(term[..equals]), term[(equals + 1)..].TrimStart('=').Trim());
        }
        else
        {
            var present = Key(term);
            _requirements.Add(labels => Value(labels, present) is not null);
        }
    }

    private void AddEquals(string key, string wanted) => _requirements.Add(labels => Value(labels, key) == wanted);

    private static string? Value(JsonObject? labels, string key) => labels?[key]?.GetValue<string>();

    private static string Key(string text)
    {
        var key = text.Trim();
        return key.Length > 0 && !key.Contains(' ', StringComparison.Ordinal) ? key : throw Malformed(text);
    }

    // Commas inside parentheses are no separators.
    private static IEnumerable<string> Terms(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] != ',' || depth != 0)
                continue;
            yield return text[start..i].Trim();
            start = i + 1;
        }

        yield return text[start..].Trim();
    }

    private static ApiStatusException Malformed(string text) => ApiStatusException.BadRequest($"unable to parse requirement: {text}");
}
