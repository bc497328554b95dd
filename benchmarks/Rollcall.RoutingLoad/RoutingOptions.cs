namespace Rollcall.RoutingLoad;

/// <summary>How hard and how long.</summary>
/// <param name="Connections">Connections of wrk.</param>
/// <param name="Rounds">Counted runs of each side.</param>
/// <param name="Duration">Length of one run.</param>
/// <param name="WarmUp">Length of the uncounted run before.</param>
/// <param name="Rate">Requests a second where they come at a steady rate.</param>
internal sealed record RoutingOptions(int Connections, int Rounds, TimeSpan Duration, TimeSpan WarmUp, int Rate)
{
    public static RoutingOptions Full { get; } = new(64, 7, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4), 300);

    public static RoutingOptions Quick { get; } = new(64, 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), 300);
}
