using System.Globalization;
using Rollcall.Registry.Journaling;
using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Engine;

/// <summary>How a registry behaves.</summary>
public sealed record RegistryOptions
{
    /// <summary>The journal.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>How long an expired instance stays, not ready, before it is removed. Default 1 min.</summary>
    public TimeSpan RemoveExpiredAfter { get; init; } = LeaseOptions.Default.RemoveExpiredAfter;

    /// <summary>The share of all leases that must lapse inside <see cref="GuardWindow"/> for expiry to be suspended; 1 turns the guard off. Default one third.</summary>
    public double GuardShare { get; init; } = LeaseOptions.Default.GuardShare;

    /// <summary>The guard never acts with fewer leases than this. Default 5.</summary>
    public int GuardMinLeases { get; init; } = LeaseOptions.Default.GuardMinLeases;

    /// <summary>The window in which lapses are counted together. Default 10 s.</summary>
    public TimeSpan GuardWindow { get; init; } = LeaseOptions.Default.GuardWindow;

    /// <summary>How many instances of a service must stay ready when one is drained, unless the drain is forced. Default 1; 0 lets all be drained.</summary>
    public int DrainMinReady { get; init; } = 1;

    /// <summary>The most services. Default 10,000.</summary>
    public int MaxServices { get; init; } = 10_000;

    /// <summary>The most instances of one service. Default 10,000.</summary>
    public int MaxInstancesPerService { get; init; } = 10_000;

    /// <summary>Writes that may wait for the journal; one more is refused as busy. Default 16,384.</summary>
    public int WriteQueue { get; init; } = 16_384;

    /// <summary>Checks under way at once. Default 64.</summary>
    public int MaxConcurrentChecks { get; init; } = 64;

    internal LeaseOptions Leases => new()
    {
        RemoveExpiredAfter = RemoveExpiredAfter,
        GuardShare = GuardShare,
        GuardMinLeases = GuardMinLeases,
        GuardWindow = GuardWindow,
    };

    /// <summary>Every option of the registry itself that is out of its range, in words; the journal checks its own.</summary>
    internal IEnumerable<string> Violations()
    {
        if (RemoveExpiredAfter <= TimeSpan.Zero)
            yield return $"{nameof(RemoveExpiredAfter)} is {RemoveExpiredAfter}; it must be more than zero.";
        if (GuardShare is not (> 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(GuardShare)} is {GuardShare}; it must be more than 0 and at most 1.");
        if (GuardWindow <= TimeSpan.Zero)
            yield return $"{nameof(GuardWindow)} is {GuardWindow}; it must be more than zero.";
        if (DrainMinReady < 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(DrainMinReady)} is {DrainMinReady}; it must be at least 0.");
        foreach (var (name, value) in ((string, int)[])
            [
                (nameof(GuardMinLeases), GuardMinLeases),
                (nameof(MaxServices), MaxServices),
                (nameof(MaxInstancesPerService), MaxInstancesPerService),
                (nameof(WriteQueue), WriteQueue),
                (nameof(MaxConcurrentChecks), MaxConcurrentChecks),
            ])
        {
            if (value < 1)
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be at least 1.");
        }
    }
}
