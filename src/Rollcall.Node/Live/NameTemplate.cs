using System.Globalization;
using System.Text;

namespace Rollcall.Node.Live;

/// <summary>
/// A name with holes: <c>{ordinal}</c>, <c>{id}</c>, <c>{node}</c>, <c>{zone}</c>, <c>{label.KEY}</c>, and a choice by one of them:
/// <c>Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}</c>.
/// </summary>
internal static class NameTemplate
{
    private const int MaxDepth = 4;

    /// <summary>Why it is no template; null when it is one.</summary>
    public static string? ProblemOf(string template)
    {
        try
        {
            Fill(template, static name => IsName(name) ? "0" : throw new FormatException($"there is no '{name}'; there are ordinal, id, node, zone and label.KEY"));
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    /// <summary>The name.</summary>
    /// <param name="template">A template without a problem.</param>
    /// <param name="value">What stands for a hole; null for nothing.</param>
    public static string Fill(string template, Func<string, string?> value) => Fill(template, value, MaxDepth);

    private static string Fill(string template, Func<string, string?> value, int depth)
    {
        if (depth == 0)
            throw new FormatException("choices are nested too deeply");
        var text = new StringBuilder();
        for (var at = 0; at < template.Length; at++)
        {
            if (template[at] != '{')
            {
                text.Append(template[at]);
                continue;
            }

            var end = EndOf(template, at);
            text.Append(Hole(template[(at + 1)..end].Trim(), value, depth));
            at = end;
        }

        return text.ToString();
    }

    private static string? Hole(string hole, Func<string, string?> value, int depth)
    {
        var question = IndexOf(hole, '?');
        if (question < 0)
            return value(hole);
        var colon = IndexOf(hole, ':', question);
        var condition = hole[..question].Split("==", 2, StringSplitOptions.TrimEntries);
        if (colon < 0 || condition.Length != 2)
            throw new FormatException("a choice is written {ordinal == 0 ? \"this\" : \"that\"}");
        var isSo = string.Equals(value(condition[0]) ?? "", Unquoted(condition[1]), StringComparison.Ordinal);
        var (yes, no) = (Quoted(hole[(question + 1)..colon]), Quoted(hole[(colon + 1)..]));

        // Both, so that a mistake in the one that is not taken is found.
        var (first, second) = (Fill(yes, value, depth - 1), Fill(no, value, depth - 1));
        return isSo ? first : second;
    }

    private static int EndOf(string template, int start)
    {
        var (open, isQuoted) = (0, false);
        for (var at = start; at < template.Length; at++)
        {
            if (template[at] == '"')
                isQuoted = !isQuoted;
            open += template[at] == '{' ? 1 : template[at] == '}' ? -1 : 0;
            if (open == 0 && !isQuoted)
                return at;
        }

        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the brace at {start + 1} is not closed"));
    }

    private static int IndexOf(string text, char wanted, int start = 0)
    {
        var isQuoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
                isQuoted = !isQuoted;
            else if (at >= start && text[at] == wanted && !isQuoted)
                return at;
        }

        return -1;
    }

    private static string Unquoted(string text) => text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    private static string Quoted(string text) =>
        text.Trim() is { Length: > 1 } trimmed && trimmed[0] == '"' && trimmed[^1] == '"' ? trimmed[1..^1] : throw new FormatException($"{text.Trim()} must stand in double quotes");

    private static bool IsName(string name) => name is "ordinal" or "id" or "node" or "zone" || (name.StartsWith("label.", StringComparison.Ordinal) && name.Length > 6);
}
