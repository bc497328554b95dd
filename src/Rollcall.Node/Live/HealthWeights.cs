namespace Rollcall.Node.Live;

/// <summary>How much each part of a health score counts; a part of which nothing is known does not.</summary>
public sealed record HealthWeights
{
    /// <summary>What the registry, or the system it is imported from, says. Default 40.</summary>
    public int Readiness { get; init; } = 40;

    /// <summary>What the instance says itself. Default 30.</summary>
    public int Application { get; init; } = 30;

    /// <summary>How well it serves, as it says. Default 20.</summary>
    public int Quality { get; init; } = 20;

    /// <summary>How many of its callers avoid it. Default 10.</summary>
    public int Callers { get; init; } = 10;
}
