using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Requests;

/// <summary>The queries of the less frequent routes.</summary>
internal static class Query
{
    /// <summary>The longest a drain may wait.</summary>
    public static readonly TimeSpan MaxDrain = TimeSpan.FromMinutes(10);

    /// <summary>The most changes of one answer.</summary>
    public const int MaxHistory = 10_000;

    /// <summary>The most services one event stream may name.</summary>
    public const int MaxWatched = 100;

    private static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultSince = TimeSpan.FromHours(1);

    /// <summary><c>timeout</c> and <c>force</c> of a drain.</summary>
    public static Problem? ReadDrain(string? query, out TimeSpan timeout, out string? force)
    {
        var errors = new QueryErrors();
        (timeout, force) = (DefaultDrain, null);
        foreach (var (name, value) in Pairs(query))
        {
            if (name == "timeout" && errors.First(name) && (!DurationText.TryParse(value, out timeout) || timeout > MaxDrain))
                errors.Add(name, $"must be a duration from 0s to {DurationText.Format(MaxDrain)}, got {Echo.Quote(value)}");
            if (name != "force" || !errors.First(name))
                continue;
            force = value.Trim();
            if (force.Length is 0 or > StatusReader.MaxReasonLength)
                errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"must be a reason of 1 to {StatusReader.MaxReasonLength} characters, got {force.Length}"));
        }

        return errors.ToProblem();
    }

    /// <summary>Service, since and limit of a history.</summary>
    public static Problem? ReadHistory(string? query, DateTimeOffset now, out HistoryParameters parameters)
    {
        var errors = new QueryErrors();
        var (service, since, limit) = ((string?)null, now - DefaultSince, 1000);
        foreach (var (name, value) in Pairs(query))
        {
            switch (name)
            {
                case "service" when errors.First(name):
                    if (value.Length > 0 && !NameRules.IsLabel(value))
                        errors.Add(name, $"{NameMessages.Label}, got {Echo.Quote(value)}");
                    service = value.Length > 0 ? value : null;
                    break;
                case "since" when errors.First(name):
                    if (!TimeParameter.TryParse(value, now, out since))
                        errors.Add(name, $"{TimeParameter.Rule}, got {Echo.Quote(value)}");
                    break;
                case "limit" when errors.First(name):
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxHistory)
                        errors.Add(name, $"must be a whole number from 1 to 10,000, got {Echo.Quote(value)}");
                    break;
            }
        }

        parameters = new HistoryParameters(service, since, limit);
        return errors.ToProblem();
    }

    /// <summary>The services of an event stream; null for all.</summary>
    public static Problem? ReadWatch(string? query, out IReadOnlySet<string>? services)
    {
        var errors = new QueryErrors();
        HashSet<string>? named = null;
        foreach (var (name, value) in Pairs(query))
        {
            if (name != "service")
                continue;
            if (!NameRules.IsLabel(value))
                errors.Add(name, $"{NameMessages.Label}, got {Echo.Quote(value)}");
            else
                (named ??= new(StringComparer.Ordinal)).Add(value);
        }

        if (named?.Count > MaxWatched)
            errors.Add("service", string.Create(CultureInfo.InvariantCulture, $"names {named.Count} services; at most {MaxWatched}, or none for all"));
        services = named;
        return errors.ToProblem();
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string? query)
    {
        foreach (var pair in new QueryStringEnumerable(query))
            yield return (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
    }
}

/// <summary>Which part of history is wanted.</summary>
/// <param name="Service">The service; null for all.</param>
/// <param name="Since">From when on (UTC).</param>
/// <param name="Limit">The newest so many.</param>
internal sealed record HistoryParameters(string? Service, DateTimeOffset Since, int Limit);
