namespace Rollcall.TestKube.Storage;

/// <summary>How a list was asked for.</summary>
internal sealed record ListOptions
{
    /// <summary>Items a page; 0 for all.</summary>
    public int Limit { get; init; }

    /// <summary>From the page before.</summary>
    public string? Continue { get; init; }

    /// <summary>0 for whatever is at hand.</summary>
    public long ResourceVersion { get; init; }

    /// <summary>True for the state at <see cref="ResourceVersion"/> itself, false for not older than it.</summary>
    public bool IsExact { get; init; }
}
