using System.Collections.Immutable;

namespace Rollcall.Registry.Checks;

/// <summary>One instance under checks: each check's state and what they say together. Guarded by its schedule's owner.</summary>
internal sealed class CheckedInstance
{
    private int _failing;

    public CheckedInstance(InstanceKey key, long generation, ImmutableArray<CheckDefinition> checks, string? failingCheck)
    {
        Key = key;
        Generation = generation;
        Verdict = Recorded = failingCheck;
        var condition = failingCheck is null ? CheckCondition.Passing : CheckCondition.Unknown;
        _failing = condition == CheckCondition.Passing ? AllPass : Undecided;
        Runs = [.. checks.Select(check => new CheckRun(this, check, condition))];
    }

    private const int AllPass = -1;
    private const int Undecided = -2;

    public InstanceKey Key { get; }

    public long Generation { get; }

    public ImmutableArray<CheckRun> Runs { get; }

    /// <summary>The first check that fails, in words; null when all pass; what was on record while it cannot be said.</summary>
    public string? Verdict { get; private set; }

    /// <summary>The verdict last written.</summary>
    public string? Recorded { get; set; }

    /// <summary>True while it waits to be reported.</summary>
    public bool Queued { get; set; }

    /// <summary>True once nobody wants to know any more.</summary>
    public bool Forgotten { get; set; }

    /// <summary>
    /// Forms the verdict anew. It changes when another check than before is the first to fail, not with the words of one that goes on failing:
    /// each change is a write. Of a new instance it says what its first check said, though one failure decides nothing.
    /// </summary>
    public void Judge()
    {
        var failing = AllPass;
        for (var i = Runs.Length - 1; i >= 0; i--)
        {
            var condition = Runs[i].State.Condition;
            if (condition == CheckCondition.Failing || (condition == CheckCondition.Unknown && failing == AllPass))
                failing = condition == CheckCondition.Failing ? i : Undecided;
        }

        if (failing == Undecided && Verdict == HealthChecker.NotCheckedYet)
            Verdict = Runs.Select(static run => run.State.Failure).FirstOrDefault(static failure => failure is not null) ?? Verdict;
        if (failing == _failing)
            return;
        _failing = failing;
        if (failing != Undecided)
            Verdict = failing == AllPass ? null : Runs[failing].State.Failure;
    }
}

/// <summary>One check of one instance: scheduled, under way, or over.</summary>
internal sealed class CheckRun(CheckedInstance instance, CheckDefinition check, CheckCondition condition)
{
    private static readonly TimeSpan ShortestFirstPause = TimeSpan.FromMilliseconds(100);

    private CheckState _state = new(condition);
    private long _firstPause = ShortestFirstPause.Ticks;

    public CheckedInstance Instance { get; } = instance;

    public CheckDefinition Check { get; } = check;

    public CheckState State => _state;

    /// <summary>True until it was made for the first time.</summary>
    public bool IsFirst { get; set; } = true;

    /// <summary>Ends it while it is under way; null otherwise.</summary>
    public CancellationTokenSource? UnderWay { get; set; }

    /// <summary>Takes a result; true when there is something to judge.</summary>
    public bool Apply(in CheckResult result)
    {
        var isFirst = _state.Failure is null;
        return _state.Apply(Check, result) || (isFirst && _state.Failure is not null);
    }

    /// <summary>
    /// How long to wait before it is made again while it has never passed, growing to <paramref name="interval"/>: who starts a program and registers it is
    /// not to wait a whole interval for its port to open.
    /// </summary>
    public long NextFirstPause(long interval)
    {
        var pause = Math.Min(_firstPause, interval);
        _firstPause = Math.Min(interval, _firstPause * 2);
        return pause;
    }
}
