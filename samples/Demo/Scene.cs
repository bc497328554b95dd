using Checkout;

namespace Demo;

/// <summary>One thing that was done, and what came of it.</summary>
internal sealed class Act(string title, string? instance, DateTimeOffset at)
{
    public string Title { get; } = title;

    public string? Instance { get; } = instance;

    public DateTimeOffset At { get; } = at;

    /// <summary>What came of it; null while that is not known yet.</summary>
    public string? Outcome { get; set; }

    /// <summary>Time from the act to the last request sent to <see cref="Instance"/>; null where no place became a wrong one, or it is not known yet.</summary>
    public TimeSpan? WrongFor { get; set; }

    /// <summary>True when requests to <see cref="Instance"/> were wrong from here on.</summary>
    public bool MakesWrong { get; init; }
}

/// <summary>All that a screen shows, at one moment.</summary>
internal sealed record Scene
{
    public required DateTimeOffset Start { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required IReadOnlyList<SceneRow> Rows { get; init; }

    public required IReadOnlyList<Act> Acts { get; init; }

    public required string Node { get; init; }

    public ReportLine? Report { get; init; }

    public double Rate { get; init; }

    public long Failures => Report?.Failures.Values.Sum() ?? 0;
}

/// <summary>One instance of orders.</summary>
internal sealed record SceneRow(string Id, int Pid, ChildState Process, string Belief, long Requests, double Share, double Rate, TimeSpan? LastAnswer);
