using System.Collections.Immutable;
using System.Globalization;

namespace Rollcall.Balancing;

/// <summary>
/// Leaves only endpoints that have every one of some labels. Strict: when nobody has, nobody is left and the selection says what there is, because who asks for one
/// version of a service must not be given another.
/// </summary>
internal sealed class SubsetFilter(SmallMap<string> labels) : IEndpointFilter
{
    private const int MaxToldValues = 5;

    public string Name => "subset";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        var left = ImmutableArray.CreateBuilder<BalancedEndpoint>(candidates.Length);
        foreach (var candidate in candidates)
        {
            if (Missing(candidate.Endpoint.Metadata) is not { } missing)
                left.Add(candidate);
            else
                context.Listener?.Excluded(this, candidate, Why(missing, candidate.Endpoint.Metadata));
        }

        if (left.Count == candidates.Length)
            return candidates;
        if (left.Count == 0)
            context.Fail(WhyNobody(candidates));
        return left.DrainToImmutable();
    }

    private string? Missing(SmallMap<string> metadata)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (!metadata.TryGetValue(label.Key, out var value) || !string.Equals(value, label.Value, StringComparison.Ordinal))
                return label.Key;
        }

        return null;
    }

    private string Why(string label, SmallMap<string> metadata) => metadata.TryGetValue(label, out var value)
        ? $"{label} is {value}, not {labels[label]}"
        : $"it has no label {label}";

    private string WhyNobody(ImmutableArray<BalancedEndpoint> candidates)
    {
        var wanted = string.Join(", ", labels.Select(static label => $"{label.Key}={label.Value}"));
        var there = string.Join("; ", labels.Keys.Select(key => There(key, candidates)));
        return string.Create(CultureInfo.InvariantCulture, $"none of its {candidates.Length} usable endpoints has {wanted} (there are: {there})");
    }

    // "version v1 (3 endpoints), v3 (1 endpoint)"
    private static string There(string key, ImmutableArray<BalancedEndpoint> candidates)
    {
        var values = candidates
            .GroupBy(candidate => candidate.Endpoint.Metadata.TryGetValue(key, out var value) ? value : null, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count())
            .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Key ?? "none"} on {group.Count()}"))
            .ToArray();
        var more = values.Length > MaxToldValues ? string.Create(CultureInfo.InvariantCulture, $" and {values.Length - MaxToldValues} more") : "";
        return $"{key} {string.Join(", ", values.Take(MaxToldValues))}{more}";
    }
}
