using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads where a route's requests go.</summary>
internal static class SplitReader
{
    /// <summary>The version of a route that has but one.</summary>
    public const string OnlyVersion = "all";

    private const int MaxSplits = 20;

    public static ImmutableArray<SplitConfig> Read(Section route, ClusterReader clusters)
    {
        if (route.Has("to") == route.Has("splits"))
        {
            route.Fail(
                route.Has("splits") ? "splits" : "to",
                route.Has("splits") ? "'to' and 'splits' exclude each other; write one of them" : "'to' is missing: the cluster or target that gets the requests");
            return [];
        }

        if (route.Has("to"))
        {
            return route.Text("to") is { } to && clusters.Resolve(to, route.Place("to"), route.Where) is { } cluster
                ? [new(OnlyVersion, cluster, 100)]
                : [];
        }

        var splits = ImmutableArray.CreateBuilder<SplitConfig>();
        var percents = 0;
        foreach (var item in route.List("splits"))
        {
            if (ReadOne(item, route, clusters) is not { } split)
                continue;
            if (splits.Any(other => string.Equals(other.Version, split.Config.Version, StringComparison.Ordinal)))
                route.Fail(item, $"splits: the version '{split.Config.Version}' occurs twice");
            splits.Add(split.Config);
            percents += split.IsPercent ? 1 : 0;
        }

        if (splits.Count == 0)
            route.Fail("splits", "'splits' has no version; name one at least, with 'version', 'to' and 'weight'");
        if (splits.Count > MaxSplits)
            route.Fail("splits", string.Create(CultureInfo.InvariantCulture, $"'splits' has {splits.Count} versions; at most {MaxSplits} are allowed"));
        var sum = splits.Sum(static split => split.Weight);
        if (percents > 0 && percents < splits.Count)
            route.Fail("splits", "'splits' mixes percents and plain weights; write all of one kind");
        else if (percents > 0 && Math.Abs(sum - 100) > PercentText.Tolerance)
            route.Fail("splits", $"the percents of 'splits' sum to {PercentText.Format(sum)}; they must sum to 100%");
        else if (splits.Count > 0 && sum <= 0)
            route.Fail("splits", "no version of 'splits' has a weight above 0");
        return splits.DrainToImmutable();
    }

    private static (SplitConfig Config, bool IsPercent)? ReadOne(DataNode item, Section route, ClusterReader clusters)
    {
        if (item is not MapNode map)
        {
            route.Fail(item, "splits: each must be a map with 'version', 'to' and 'weight'");
            return null;
        }

        var part = new Section(map, $"{route.Where}, splits", route.Errors, "version", "to", "weight");
        foreach (var key in new[] { "version", "to", "weight" })
        {
            if (!part.Has(key))
                part.Fail(map, $"'{key}' is missing");
        }

        var version = part.Text("version");
        if (version is not null && ConfigNames.ProblemOf(version) is { } problem)
            part.Fail("version", $"version '{version}': {problem}");
        var isPercent = part.Text("weight") is { } text && text.EndsWith('%');
        var weight = isPercent ? part.Percent("weight") : part.Number("weight", 0, 1_000_000);
        return version is not null && part.Text("to") is { } to && clusters.Resolve(to, part.Place("to"), part.Where) is { } cluster
            ? (new(version, cluster, weight ?? 1), isPercent)
            : null;
    }
}
