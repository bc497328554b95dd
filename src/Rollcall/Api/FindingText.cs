using System.Globalization;
using System.Text;

namespace Rollcall.Api;

/// <summary>
/// Findings as the header <see cref="ApiNames.FindingsHeader"/> has them, a list with parameters (RFC 9651 section 3.1):
/// <c>"orders-1";reason=failures;times=2;success=0.42;latency=0.012, "orders-2";reason=unreachable;times=1</c>.
/// </summary>
public static class FindingText
{
    /// <summary>Findings in one report, at most.</summary>
    public const int MaxFindings = 50;

    /// <summary>The longest report, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>The header of a report; null when there is nothing to report. What is beyond the limits, or could be no instance of a node, is left out.</summary>
    public static string? Format(IEnumerable<FindingDocument> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var text = new StringBuilder();
        foreach (var finding in findings.Where(static finding => NameRules.IsId(finding.Instance)).Take(MaxFindings))
        {
            var before = text.Length;
            text.Append(before == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"\"{finding.Instance}\";reason={finding.Reason};times={finding.Times}");
            if (finding.SuccessRate is { } rate && double.IsFinite(rate))
                text.Append(CultureInfo.InvariantCulture, $";success={rate:0.###}");
            if (finding.Latency is { } latency && double.IsFinite(latency))
                text.Append(CultureInfo.InvariantCulture, $";latency={latency:0.#####}");
            if (text.Length > MaxLength)
            {
                text.Length = before;
                break;
            }
        }

        return text.Length == 0 ? null : text.ToString();
    }

    /// <summary>The findings of a header; null when it breaks a rule.</summary>
    public static IReadOnlyList<FindingDocument>? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            return null;
        List<FindingDocument> findings = [];
        foreach (var item in text.AsSpan().Split(','))
        {
            if (findings.Count == MaxFindings || ParseOne(text.AsSpan()[item].Trim(' ')) is not { } finding || findings.Exists(other => other.Instance == finding.Instance))
                return null;
            findings.Add(finding);
        }

        return findings;
    }

    private static FindingDocument? ParseOne(ReadOnlySpan<char> text)
    {
        var end = text.IsEmpty || text[0] != '"' ? -1 : text[1..].IndexOf('"');
        if (end < 0 || !NameRules.IsId(text[1..(end + 1)]))
            return null;
        var finding = new FindingDocument { Instance = text[1..(end + 1)].ToString(), Reason = "" };
        var rest = text[(end + 2)..];
        foreach (var range in rest.Split(';'))
        {
            var parameter = rest[range];
            if (parameter.IsEmpty && range.Start.Value == 0)
                continue;
            var equals = parameter.IndexOf('=');
            if (equals < 0 || With(finding, parameter[..equals], parameter[(equals + 1)..]) is not { } next)
                return null;
            finding = next;
        }

        return finding.Reason.Length == 0 ? null : finding;
    }

    // A parameter of a later version is passed over.
    private static FindingDocument? With(FindingDocument finding, ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case "reason":
                return NameRules.IsLabel(value) ? finding with { Reason = value.ToString() } : null;
            case "times":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0 ? finding with { Times = times } : null;
            case "success":
                return Number(value) is { } rate and <= 1 ? finding with { SuccessRate = rate } : null;
            case "latency":
                return Number(value) is { } latency and <= 86_400 ? finding with { Latency = latency } : null;
            default:
                return finding;
        }
    }

    // Infinity and the like are numbers to the parser, but none to JSON.
    private static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= 0 ? number : null;
}
