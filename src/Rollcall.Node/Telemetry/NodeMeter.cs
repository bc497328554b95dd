namespace Rollcall.Node.Telemetry;

/// <summary>The meter of what a node does beyond its registry.</summary>
internal static class NodeMeter
{
    public const string Name = "Rollcall.Node";
}
