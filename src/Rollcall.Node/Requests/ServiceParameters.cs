using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;

namespace Rollcall.Node.Requests;

/// <summary>The query of <c>GET /api/services/{service}</c>.</summary>
internal sealed class ServiceParameters
{
    private const int MaxEpochLength = 64;

    /// <summary>What every service read without a query has.</summary>
    public static readonly ServiceParameters None = new();

    /// <summary>Which instances are wanted; null for all.</summary>
    public InstanceFilter? Filter { get; private set; }

    /// <summary>Blocks until the service has changed after it; null when the query does not block.</summary>
    public long? Index { get; private set; }

    /// <summary>The longest it may block; null when the query does not say.</summary>
    public TimeSpan? Wait { get; private set; }

    /// <summary>The life of the data the index is from.</summary>
    public string? Epoch { get; private set; }

    /// <summary>The moment wanted (UTC); null for now.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>The query, or why it is refused: every parameter that breaks a rule.</summary>
    public static Problem? Read(string? query, TimeProvider time, TimeSpan maxWait, out ServiceParameters parameters)
    {
        parameters = None;
        if (string.IsNullOrEmpty(query))
            return null;
        var now = time.GetUtcNow();
        var read = new ServiceParameters();
        var errors = new QueryErrors();
        foreach (var pair in new QueryStringEnumerable(query))
            read.Take(pair.DecodeName().Span, pair.DecodeValue().Span, now, maxWait, errors);
        if (read is { At: not null, Index: not null })
            errors.Add("at", "cannot be combined with index: the past does not change");
        if (read is { Epoch: not null, Index: null })
            errors.Add("epoch", "goes with index");
        parameters = read;
        return errors.ToProblem();
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value, DateTimeOffset now, TimeSpan maxWait, QueryErrors errors)
    {
        switch (name)
        {
            case "ready" when errors.First("ready"):
                if (value is not ("true" or "false"))
                    errors.Add("ready", $"must be true or false, got {Echo.Quote(value)}");
                else if (value is "true")
                    Filter = (Filter ?? new()) with { ReadyOnly = true };
                break;
            case "zone" when errors.First("zone"):
                if (!NameRules.IsLabel(value))
                    errors.Add("zone", $"{NameMessages.Label}, got {Echo.Quote(value)}");
                Filter = (Filter ?? new()) with { Zone = value.ToString() };
                break;
            case "index" when errors.First("index"):
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    errors.Add("index", $"must be a revision, a whole number from 0, got {Echo.Quote(value)}");
                Index = index;
                break;
            case "wait" when errors.First("wait"):
                if (!DurationText.TryParse(value, out var wait) || wait > maxWait)
                    errors.Add("wait", $"must be a duration from 0s to {DurationText.Format(maxWait)}, got {Echo.Quote(value)}");
                Wait = wait;
                break;
            case "epoch" when errors.First("epoch"):
                if (value.Length is 0 or > MaxEpochLength)
                    errors.Add("epoch", $"must be the epoch of an earlier answer, got {Echo.Quote(value)}");
                Epoch = value.ToString();
                break;
            case "at" when errors.First("at"):
                if (!TimeParameter.TryParse(value, now, out var at))
                    errors.Add("at", $"{TimeParameter.Rule}, got {Echo.Quote(value)}");
                else if (at > now)
                    errors.Add("at", $"lies in the future; the node's clock says {now.UtcDateTime:O}");
                At = at;
                break;
            default:
                TakeLabel(name, value, errors);
                break;
        }
    }

    private void TakeLabel(ReadOnlySpan<char> name, ReadOnlySpan<char> value, QueryErrors errors)
    {
        const string prefix = "meta.";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return; // unknown parameters are ignored, as unknown fields are
        var key = name[prefix.Length..].ToString();
        if (key.Length == 0)
            errors.Add("meta.", "must name a label, such as meta.version=v2");
        else if (errors.First($"meta.{key}"))
            Filter = (Filter ?? new()) with { Labels = [.. Filter?.Labels ?? [], new(key, value.ToString())] };
    }
}
