namespace Rollcall.LiveLoad;

/// <summary>How much and how long.</summary>
/// <param name="Sizes">Emulators in the cluster.</param>
/// <param name="Changes">Counted changes where latency is measured.</param>
/// <param name="Rounds">Times that a cluster is scaled up and down.</param>
/// <param name="Dashboards">Pages that are open at once.</param>
/// <param name="Duration">How long they are watched.</param>
internal sealed record LiveOptions(IReadOnlyList<int> Sizes, int Changes, int Rounds, int Dashboards, TimeSpan Duration)
{
    public static LiveOptions Full { get; } = new([9, 100, 1_000], 200, 20, 200, TimeSpan.FromSeconds(60));

    public static LiveOptions Quick { get; } = new([9, 1_000], 40, 5, 200, TimeSpan.FromSeconds(15));
}
