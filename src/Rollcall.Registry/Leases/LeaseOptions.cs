namespace Rollcall.Registry.Leases;

/// <summary>How leases run out: what the registry's options say of it.</summary>
internal sealed record LeaseOptions
{
    public static LeaseOptions Default { get; } = new();

    /// <summary>How long an expired instance stays before it is removed.</summary>
    public TimeSpan RemoveExpiredAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The share of leases that must lapse together for the guard to act; 1 turns it off.</summary>
    public double GuardShare { get; init; } = 1.0 / 3;

    /// <summary>The guard never acts with fewer leases than this.</summary>
    public int GuardMinLeases { get; init; } = 5;

    /// <summary>Lapses within it count as together.</summary>
    public TimeSpan GuardWindow { get; init; } = TimeSpan.FromSeconds(10);
}
