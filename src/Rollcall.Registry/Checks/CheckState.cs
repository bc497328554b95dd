namespace Rollcall.Registry.Checks;

/// <summary>What is known of one check.</summary>
internal enum CheckCondition
{
    /// <summary>Not enough was seen yet.</summary>
    Unknown = 0,

    /// <summary>It passes.</summary>
    Passing = 1,

    /// <summary>It fails.</summary>
    Failing = 2,
}

/// <summary>
/// The state machine of one check: results in, condition out. The first pass of all is enough, however often it failed before; after one it takes the
/// failure threshold to fail and then the success threshold to pass again.
/// </summary>
internal struct CheckState
{
    // Results in a row that speak against the condition.
    private int _streak;

    public CheckState(CheckCondition condition) => (Condition, HasPassed) = (condition, condition != CheckCondition.Unknown);

    public CheckCondition Condition { get; private set; }

    /// <summary>False while nothing but failures was seen since it is checked: what is checked may still be starting.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>Why it fails, in words, as of when it began to, or why the first of all failed; null otherwise.</summary>
    public string? Failure { get; private set; }

    /// <summary>Takes one result; true when the condition changed.</summary>
    public bool Apply(CheckDefinition check, in CheckResult result)
    {
        var says = result.Passed ? CheckCondition.Passing : CheckCondition.Failing;
        if (says == Condition)
        {
            _streak = 0;
            return false;
        }

        _streak = result.Passed && !HasPassed ? check.SuccessThreshold : _streak + 1;
        HasPassed |= result.Passed;
        if (!HasPassed)
            Failure ??= $"first check failed: {Describe(check)}: {result.Detail}";
        var threshold = result.Passed ? check.SuccessThreshold : check.FailureThreshold;
        if (_streak < threshold)
            return false;
        Condition = says;
        Failure = result.Passed ? null : $"{Describe(check)}: {result.Detail} ({_streak} of {threshold} failed)";
        _streak = 0;
        return true;
    }

    private static string Describe(CheckDefinition check) => check.Kind switch
    {
        CheckKind.Http => $"http {check.Target}",
        CheckKind.Tcp => $"tcp {check.Target}",
        _ => $"{check.Kind} {check.Target}",
    };
}
