using System.Globalization;
using Rollcall.Node.Dashboard;
using Rollcall.Node.Live;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node.Configuration;

/// <summary>One key of a configuration file.</summary>
/// <param name="Allowed">What its value may be, in words.</param>
/// <param name="Apply">The options with the value; null when it is not allowed.</param>
internal sealed record Setting(string Allowed, Func<NodeOptions, IReadOnlyList<string>, NodeOptions?> Apply)
{
    /// <summary>Every key.</summary>
    public static IReadOnlyDictionary<string, Setting> All { get; } = new Dictionary<string, Setting>(StringComparer.Ordinal)
    {
        ["urls"] = new("one URL or a list of them, such as http://127.0.0.1:7655", static (o, v) =>
            v.Count > 0 && v.All(static url => ListenAddress.TryParse(url, out _)) ? o with { Urls = v } : null),
        ["allowAnyone"] = new("true or false", static (o, v) => Bool(v) is { } b ? o with { AllowAnyone = b } : null),
        ["data"] = new("a directory", static (o, v) => v is [{ Length: > 0 } text] ? Journal(o, j => j with { Directory = text }) : null),
        ["durability"] = new("fsync, interval or memory", static (o, v) => ReadDurability(v) is { } d ? Journal(o, j => j with { Durability = d }) : null),
        ["history.age"] = Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650), static (o, d) => Journal(o, j => j with { HistoryAge = d })),
        ["history.bytes"] = Bytes(0, 1L << 50, static (o, n) => Journal(o, j => j with { HistoryBytes = n })),
        ["journal.segmentBytes"] = Bytes(64 << 10, 1L << 30, static (o, n) => Journal(o, j => j with { SegmentBytes = n })),
        ["journal.snapshotAfterBytes"] = Bytes(64 << 10, 1L << 40, static (o, n) => Journal(o, j => j with { SnapshotAfterBytes = n })),
        ["leases.removeExpiredAfter"] = Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), static (o, d) => Registry(o, r => r with { RemoveExpiredAfter = d })),
        ["guard.share"] = new("a share above 0, at most 1, such as 0.33", static (o, v) => Share(v) is { } n ? Registry(o, r => r with { GuardShare = n }) : null),
        ["guard.minLeases"] = Int(1, 1_000_000, static (o, n) => Registry(o, r => r with { GuardMinLeases = n })),
        ["guard.window"] = Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), static (o, d) => Registry(o, r => r with { GuardWindow = d })),
        ["checks.concurrent"] = Int(1, 10_000, static (o, n) => Registry(o, r => r with { MaxConcurrentChecks = n })),
        ["drain.minReady"] = Int(0, 10_000, static (o, n) => Registry(o, r => r with { DrainMinReady = n })),
        ["dashboard.viewer"] = new(ViewerAddress.Rule, static (o, v) => v is [var text] && ViewerAddress.TryParse(text, out _) ? o with { Viewer = text } : null),
        ["limits.services"] = Int(1, 1_000_000, static (o, n) => Registry(o, r => r with { MaxServices = n })),
        ["limits.instancesPerService"] = Int(1, 1_000_000, static (o, n) => Registry(o, r => r with { MaxInstancesPerService = n })),
        ["limits.writeQueue"] = Int(1, 1_000_000, static (o, n) => Registry(o, r => r with { WriteQueue = n })),
        ["limits.waitingRequests"] = Int(1, 1_000_000, static (o, n) => o with { MaxWaitingRequests = n }),
        ["callers.quorum"] = new("a share above 0, at most 1, such as 0.5", static (o, v) => Share(v) is { } n ? Callers(o, c => c with { Quorum = n }) : null),
        ["callers.minCallers"] = Int(1, 1_000, static (o, n) => Callers(o, c => c with { MinCallers = n })),
        ["callers.maxShare"] = new("a share above 0, at most 1, such as 0.5", static (o, v) => Share(v) is { } n ? Callers(o, c => c with { MaxShare = n }) : null),
        ["callers.retryAfter"] = Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), static (o, d) => Callers(o, c => c with { RetryAfter = d })),
        ["health.interval"] = Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), static (o, d) => o with { HealthInterval = d }),
        ["health.weights.readiness"] = Int(0, 100, static (o, n) => Weights(o, w => w with { Readiness = n })),
        ["health.weights.application"] = Int(0, 100, static (o, n) => Weights(o, w => w with { Application = n })),
        ["health.weights.quality"] = Int(0, 100, static (o, n) => Weights(o, w => w with { Quality = n })),
        ["health.weights.callers"] = Int(0, 100, static (o, n) => Weights(o, w => w with { Callers = n })),
        ["watch.defaultWait"] = Duration(TimeSpan.Zero, TimeSpan.FromHours(1), static (o, d) => o with { DefaultWait = d }),
        ["watch.maxWait"] = Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), static (o, d) => o with { MaxWait = d }),
    };

    /// <summary>What could have been meant by an unknown key.</summary>
    public static string Suggest(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var group = dot < 0 ? key + "." : key[..(dot + 1)];
        var inGroup = All.Keys.Where(known => known.StartsWith(group, StringComparison.Ordinal)).ToArray();
        return inGroup.Length > 0
            ? $"{group[..^1]} has {string.Join(", ", inGroup.Select(known => known[group.Length..]))}"
            : $"there are {string.Join(", ", All.Keys)} and imports.SERVICE";
    }

    private static Setting Duration(TimeSpan min, TimeSpan max, Func<NodeOptions, TimeSpan, NodeOptions> apply) =>
        new($"a duration from {DurationText.Format(min)} to {DurationText.Format(max)}, such as 30s", (o, v) =>
            v is [var text] && DurationText.TryParse(text, out var d) && d >= min && d <= max ? apply(o, d) : null);

    private static Setting Int(int min, int max, Func<NodeOptions, int, NodeOptions> apply) =>
        new(string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"), (o, v) =>
            v is [var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= min && n <= max ? apply(o, n) : null);

    private static Setting Bytes(long min, long max, Func<NodeOptions, long, NodeOptions> apply) =>
        new($"a size from {ByteText.Format(min)} to {ByteText.Format(max)}, such as 256MB or 16MiB", (o, v) =>
            v is [var text] && ByteText.TryParse(text, out var n) && n >= min && n <= max ? apply(o, n) : null);

    private static bool? Bool(IReadOnlyList<string> values) => values is ["true"] ? true : values is ["false"] ? false : null;

    private static double? Share(IReadOnlyList<string> values) =>
        values is [var text] && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 1 ? n : null;

    private static Durability? ReadDurability(IReadOnlyList<string> values) => values switch
    {
        ["fsync"] => Durability.Fsync,
        ["interval"] => Durability.Interval,
        ["memory"] => Durability.Memory,
        _ => null,
    };

    private static NodeOptions Callers(NodeOptions options, Func<CallerOptions, CallerOptions> change) =>
        options with { Callers = change(options.Callers) };

    private static NodeOptions Weights(NodeOptions options, Func<HealthWeights, HealthWeights> change) =>
        options with { HealthWeights = change(options.HealthWeights) };

    private static NodeOptions Registry(NodeOptions options, Func<RegistryOptions, RegistryOptions> change) =>
        options with { Registry = change(options.Registry) };

    private static NodeOptions Journal(NodeOptions options, Func<JournalOptions, JournalOptions> change) =>
        Registry(options, r => r with { Journal = change(r.Journal) });
}
