using System.Net;

namespace Rollcall.Cli.Gossip;

/// <summary>What the command line says of a node; null where it says nothing.</summary>
internal sealed record GossipSettings
{
    public string? Name { get; init; }

    public IPEndPoint? Bind { get; init; }

    public IPEndPoint? Advertise { get; init; }

    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>local, lan or wan.</summary>
    public string? Preset { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The file with the keys of the cluster.</summary>
    public string? Keyring { get; init; }

    public string? Label { get; init; }

    public bool AllowAnyone { get; init; }

    public required ControlPath Control { get; init; }
}
