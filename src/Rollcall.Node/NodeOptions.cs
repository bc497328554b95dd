using Rollcall.Node.Imports;
using Rollcall.Node.Live;
using Rollcall.Registry.Engine;

namespace Rollcall.Node;

/// <summary>How a node runs.</summary>
public sealed record NodeOptions
{
    /// <summary>Where it listens: <c>http://ADDRESS:PORT</c>, or <c>http://unix:/PATH</c>; port 0 takes a free one. Default loopback, port 7655.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:7655"];

    /// <summary>Lets it listen beyond loopback without authentication. Default false.</summary>
    public bool AllowAnyone { get; init; }

    /// <summary>The registry.</summary>
    public RegistryOptions Registry { get; init; } = new();

    /// <summary>The longest a blocking query may wait. Default 5 min.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The wait of a blocking query that names none. Default 30 s.</summary>
    public TimeSpan DefaultWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What callers that avoid an instance may do to it. Default: nothing.</summary>
    public CallerOptions Callers { get; init; } = new();

    /// <summary>Services that other systems know. Default: none.</summary>
    public IReadOnlyList<ImportOptions> Imports { get; init; } = [];

    /// <summary>How much each part of an instance's health score counts.</summary>
    public HealthWeights HealthWeights { get; init; } = new();

    /// <summary>How often an instance's <c>/health</c> is asked at the most, while somebody looks. Default 10 s.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where pages find a picture of an instance: a WebSocket, with <c>{id}</c> for the instance, such as <c>ws://127.0.0.1:7690/vnc/{id}</c>, or a path on the node's own host. Default: nowhere.</summary>
    public string? Viewer { get; init; }

    /// <summary>Requests that may wait on purpose at once: blocking queries, event streams, drains. One more is refused as busy. Default 20,000.</summary>
    public int MaxWaitingRequests { get; init; } = 20_000;
}
