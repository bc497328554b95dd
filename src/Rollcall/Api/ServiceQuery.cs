using System.Globalization;
using System.Text;

namespace Rollcall.Api;

/// <summary>What to ask about one service: filters, a moment in the past, or a blocking query.</summary>
public sealed record ServiceQuery
{
    /// <summary>Only instances that are ready. Default: all.</summary>
    public bool ReadyOnly { get; init; }

    /// <summary>Only this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Only instances with all of these labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Answer only once the service has changed after this revision (a blocking query). Null: answer at once.</summary>
    public long? Index { get; init; }

    /// <summary>The longest a blocking query may take, 0 s to 5 min. Null: the node's default, 30 s.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The epoch <see cref="Index"/> came with; when it is no longer the node's, the query answers at once.</summary>
    public string? Epoch { get; init; }

    /// <summary>The service as it was then: ISO 8601, or a duration ago such as <c>10m</c>. Null: now.</summary>
    public string? At { get; init; }

    /// <summary>The name by which a blocking query is listed among the watchers; unique to the process. Null: the node makes one of the address.</summary>
    public string? Watcher { get; init; }

    /// <summary>What the caller reports of the service's instances, with a blocking query. Null for nothing, which takes back what was reported before.</summary>
    public IReadOnlyList<FindingDocument>? Findings { get; init; }

    /// <summary>The query string, with its question mark; empty when nothing is asked for.</summary>
    internal string ToQueryString()
    {
        var text = new StringBuilder();
        if (ReadyOnly)
            Append(text, "ready", "true");
        Append(text, "zone", Zone);
        foreach (var (key, value) in Metadata ?? SmallMap<string>.Empty)
            Append(text, "meta." + key, value);
        Append(text, "index", Index?.ToString(CultureInfo.InvariantCulture));
        Append(text, "wait", Wait is { } wait ? DurationText.Format(wait) : null);
        Append(text, "epoch", Epoch);
        Append(text, "at", At);
        return text.ToString();
    }

    internal static void Append(StringBuilder query, string name, string? value)
    {
        if (value is null)
            return;
        query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
    }
}
