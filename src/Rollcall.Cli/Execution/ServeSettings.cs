namespace Rollcall.Cli.Execution;

/// <summary>What the command line and the environment say of a node; null where they say nothing.</summary>
internal sealed record ServeSettings
{
    /// <summary>The environment variable that names the directory of the journal.</summary>
    public const string DataVariable = "ROLLCALL_DATA";

    public IReadOnlyList<string>? Urls { get; init; }

    public string? Data { get; init; }

    public string? ConfigFile { get; init; }

    public string? Durability { get; init; }

    /// <summary>Where a gateway listens beside the node; null for no gateway.</summary>
    public IReadOnlyList<string>? Gateway { get; init; }

    /// <summary>The file with the gateway's routes.</summary>
    public string? Routes { get; init; }

    public bool AllowAnyone { get; init; }
}
