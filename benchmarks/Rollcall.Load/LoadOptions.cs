namespace Rollcall.Load;

/// <summary>How hard and how long.</summary>
/// <param name="Connections">Connections of wrk.</param>
/// <param name="Rounds">Counted runs of each side.</param>
/// <param name="Duration">Length of one run.</param>
/// <param name="WarmUp">Length of the uncounted run before.</param>
/// <param name="Watchers">Watchers of one service.</param>
/// <param name="Changes">Changes they are told of.</param>
/// <param name="Services">Services of the large registry.</param>
/// <param name="InstancesPerService">Instances of each.</param>
internal sealed record LoadOptions(
    int Connections,
    int Rounds,
    TimeSpan Duration,
    TimeSpan WarmUp,
    int Watchers,
    int Changes,
    int Services,
    int InstancesPerService)
{
    public static LoadOptions Full { get; } =
        new(64, 5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4), 1000, 150, 1000, 100);

    public static LoadOptions Quick { get; } =
        new(64, 1, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 200, 30, 100, 100);
}
