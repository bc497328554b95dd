namespace Rollcall.Registry.Watchers;

/// <summary>How long watchers stay listed, and how many may be.</summary>
internal sealed record WatcherLimits
{
    /// <summary>
    /// How long a poll watcher that was answered stays listed before it asks again. Long, because one that is frozen never does, and it is the one
    /// a drain has to name.
    /// </summary>
    public TimeSpan ReturnsWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one whose connection was lost stays listed: time enough to connect again.</summary>
    public TimeSpan LostGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Watchers of one service; more are served but not listed.</summary>
    public int PerService { get; init; } = 10_000;

    /// <summary>Watchers of all services; more are served but not listed.</summary>
    public int Total { get; init; } = 100_000;
}
