using Rollcall.Gateway;
using Rollcall.Node.Findings;
using Rollcall.Node.Imports;
using Rollcall.Node.Rendering;
using Rollcall.Node.Telemetry;
using Rollcall.Node.Watching;
using Rollcall.Registry.Engine;

namespace Rollcall.Node.Api;

/// <summary>What the routes work with.</summary>
internal sealed record NodeParts
{
    /// <summary>How the node runs.</summary>
    public required NodeOptions Options { get; init; }

    /// <summary>What it serves.</summary>
    public required ServiceRegistry Registry { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Renders services.</summary>
    public required ServiceRenderer Renderer { get; init; }

    /// <summary>Counts requests that wait on purpose.</summary>
    public required WaitingRequests Waiting { get; init; }

    /// <summary>Spreads their ends.</summary>
    public required Jitter Jitter { get; init; }

    /// <summary>What callers report.</summary>
    public required FindingTable Findings { get; init; }

    /// <summary>Hears them.</summary>
    public required FindingReader FindingReader { get; init; }

    /// <summary>How imports are doing.</summary>
    public required ImportTable Imports { get; init; }

    /// <summary>How watchers fare.</summary>
    public required WatchMetrics WatchMetrics { get; init; }

    /// <summary>The values of all meters.</summary>
    public required MetricsCollector Metrics { get; init; }

    /// <summary>The gateway beside the node; null while there is none.</summary>
    public required Func<GatewayHost?> Gateway { get; init; }

    /// <summary>When the node started (UTC).</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Cancelled when the node begins to stop.</summary>
    public required CancellationToken Stopping { get; init; }
}
