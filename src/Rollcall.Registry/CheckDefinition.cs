namespace Rollcall.Registry;

/// <summary>What a check asks.</summary>
public enum CheckKind
{
    /// <summary>A URL that must answer 200 to 299.</summary>
    Http = 0,

    /// <summary>A <c>host:port</c> that must accept a connection.</summary>
    Tcp = 1,
}

/// <summary>A check the node makes of an instance.</summary>
public sealed record CheckDefinition
{
    /// <summary>What it asks.</summary>
    public required CheckKind Kind { get; init; }

    /// <summary>A URL or <c>host:port</c>, by <see cref="Kind"/>.</summary>
    public required string Target { get; init; }

    /// <summary>Time between two checks. Default 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one may take. Default 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row that make the instance not ready. Default 2.</summary>
    public int FailureThreshold { get; init; } = 2;

    /// <summary>Successes in a row that make it ready again. Default 1.</summary>
    public int SuccessThreshold { get; init; } = 1;
}
