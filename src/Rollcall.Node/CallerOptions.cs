using System.Globalization;

namespace Rollcall.Node;

/// <summary>What callers that avoid an instance may do to it.</summary>
public sealed record CallerOptions
{
    /// <summary>
    /// The share of a service's callers, above 0 and at most 1, that must avoid an instance for the node to mark it not ready for everybody. Null, the default: what callers report is
    /// shown and changes nothing.
    /// </summary>
    public double? Quorum { get; init; }

    /// <summary>Callers that must agree at the least, however few there are: one or two with a network of their own must not take an instance from all others. Default 3.</summary>
    public int MinCallers { get; init; } = 3;

    /// <summary>
    /// The largest part of the instances of a service that would be ready otherwise which callers may take out, 0 to 1, rounded down; of one, none. Default a half: when callers agree that
    /// nearly all are bad, something else is bad.
    /// </summary>
    public double MaxShare { get; init; } = 0.5;

    /// <summary>
    /// How long a mark lasts at the most, once more so long each time that callers agree anew, up to ten times so long. Then the instance is ready again, and callers try it: who is
    /// sent nothing could never show that it is well. Default 30 s, the longest a caller avoids an endpoint that does not answer.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every option that is out of its range, in words.</summary>
    internal IEnumerable<string> Violations()
    {
        if (Quorum is not (null or (> 0 and <= 1)))
            yield return string.Create(CultureInfo.InvariantCulture, $"The quorum of callers must be above 0 and at most 1, not {Quorum}.");
        if (MinCallers < 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"At least one caller must have to agree, not {MinCallers}.");
        if (MaxShare is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"The share of instances that callers may take out must be from 0 to 1, not {MaxShare}.");
        if (RetryAfter <= TimeSpan.Zero)
            yield return $"Callers must try an instance again after more than no time, not {DurationText.Format(RetryAfter)}.";
    }
}
