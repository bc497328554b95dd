namespace Rollcall.GossipLoad;

/// <summary>How many, how often and how long.</summary>
/// <param name="Nodes">Processes of each kind.</param>
/// <param name="Rounds">Clusters of each kind, in turn.</param>
/// <param name="Settling">From all-see-all until the idle cluster is measured: the rumours of joining are over by then.</param>
/// <param name="Idle">How long the idle cluster is measured.</param>
/// <param name="Kills">Nodes killed one after the other, each started again when all know.</param>
/// <param name="Churned">Nodes killed and started again during the churn.</param>
/// <param name="ChurnInterval">From one of them to the next; each is away for half of it.</param>
/// <param name="SimulatedNodes">Nodes of the large simulation.</param>
/// <param name="SimulatedTime">Its virtual time.</param>
internal sealed record GossipLoadOptions(
    int Nodes,
    int Rounds,
    TimeSpan Settling,
    TimeSpan Idle,
    int Kills,
    int Churned,
    TimeSpan ChurnInterval,
    int SimulatedNodes,
    TimeSpan SimulatedTime)
{
    public static GossipLoadOptions Full { get; } =
        new(30, 3, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), 5, 5, TimeSpan.FromSeconds(6), 10_000, TimeSpan.FromMinutes(10));

    public static GossipLoadOptions Quick { get; } =
        new(30, 1, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15), 2, 2, TimeSpan.FromSeconds(6), 1_000, TimeSpan.FromMinutes(10));
}
