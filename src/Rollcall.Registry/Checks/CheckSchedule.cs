using System.Collections.Immutable;

namespace Rollcall.Registry.Checks;

/// <summary>
/// Which check is due when, what came of it, and which verdicts are to be reported. Time and randomness are arguments; times are ticks of
/// <see cref="TimeSpan"/> on any monotonic clock. Not thread-safe.
/// </summary>
/// <remarks>
/// A check is in the queue or under way, never both, so no check is made twice at once; one of a forgotten instance is dropped when it comes up.
/// </remarks>
internal sealed class CheckSchedule
{
    /// <summary>The longest a first check is put off to spread a crowd of them.</summary>
    public static readonly TimeSpan MaxFirstDelay = TimeSpan.FromSeconds(1);

    // Each interval is drawn from 95 to 105 %: checks that began together drift apart.
    private const double Jitter = 0.05;

    private readonly Dictionary<InstanceKey, CheckedInstance> _instances = [];
    private readonly PriorityQueue<CheckRun, long> _queue = new();
    private readonly Queue<CheckedInstance> _changed = [];
    private readonly Random _random;
    private readonly int _crowd;
    private long _generation;
    private int _firsts;

    /// <param name="random">Draws the jitter.</param>
    /// <param name="crowd">Waiting first checks beyond which a new one is spread.</param>
    public CheckSchedule(Random random, int crowd)
    {
        _random = random;
        _crowd = crowd;
    }

    /// <summary>Instances under checks.</summary>
    public int Count => _instances.Count;

    /// <summary>When the next check is due; null when none is scheduled.</summary>
    public long? NextDue => _queue.TryPeek(out _, out var due) ? due : null;

    /// <summary>True when there are verdicts to report.</summary>
    public bool HasChanges => _changed.Count > 0;

    /// <summary>Takes an instance under checks in place of what was tracked under its key; returns what that was.</summary>
    public CheckedInstance? Track(InstanceKey key, ImmutableArray<CheckDefinition> checks, string? failingCheck, long now)
    {
        var old = Forget(key);
        if (checks.IsDefaultOrEmpty)
            return old;
        var instance = new CheckedInstance(key, ++_generation, checks, failingCheck);
        _instances.Add(key, instance);
        foreach (var run in instance.Runs)
        {
            var most = Math.Min(run.Check.Interval.Ticks, MaxFirstDelay.Ticks);
            _queue.Enqueue(run, _firsts++ < _crowd ? now : now + (long)(_random.NextDouble() * most));
        }

        return old;
    }

    /// <summary>Lets an instance go; returns it, or null when there was none.</summary>
    public CheckedInstance? Forget(InstanceKey key)
    {
        if (!_instances.Remove(key, out var instance))
            return null;
        instance.Forgotten = true;
        return instance;
    }

    public bool IsCurrent(in CheckVerdict verdict) => _instances.TryGetValue(verdict.Key, out var instance) && instance.Generation == verdict.Generation;

    /// <summary>The next check that is due; null when none is. It is under way until <see cref="Complete"/>.</summary>
    public CheckRun? TakeDue(long now)
    {
        while (_queue.TryPeek(out var run, out var due) && (due <= now || run.Instance.Forgotten))
        {
            _queue.Dequeue();
            if (run.IsFirst)
                _firsts--;
            run.IsFirst = false;
            if (!run.Instance.Forgotten)
                return run;
        }

        return null;
    }

    /// <summary>Takes what a check said and schedules its next. What a forgotten instance's check says is dropped.</summary>
    /// <param name="run">The check.</param>
    /// <param name="result">What it said; null when it was given up.</param>
    /// <param name="started">When it was begun.</param>
    /// <param name="now">The time.</param>
    public void Complete(CheckRun run, CheckResult? result, long started, long now)
    {
        var instance = run.Instance;
        if (instance.Forgotten)
            return;
        var changed = result is { } known && run.Apply(known);
        var spread = 1 + (Jitter * ((2 * _random.NextDouble()) - 1));
        var next = started + (long)(run.Check.Interval.Ticks * spread);
        if (!run.State.HasPassed && result is not null)
            next = Math.Min(next, now + (long)(run.NextFirstPause(run.Check.Interval.Ticks) * spread));
        _queue.Enqueue(run, Math.Max(next, now));
        if (!changed)
            return;
        instance.Judge();
        Queue(instance);
    }

    /// <summary>Takes up to <paramref name="most"/> verdicts that differ from what is on record. Each must be settled.</summary>
    public List<CheckVerdict> TakeChanges(int most)
    {
        var verdicts = new List<CheckVerdict>(Math.Min(most, _changed.Count));
        while (verdicts.Count < most && _changed.TryDequeue(out var instance))
        {
            instance.Queued = false;
            if (!instance.Forgotten && instance.Verdict != instance.Recorded)
                verdicts.Add(new CheckVerdict(instance.Key, instance.Generation, instance.Verdict));
        }

        return verdicts;
    }

    /// <summary>Notes that verdicts were written, or that they were not and their instances are to be reported again.</summary>
    public void Settle(List<CheckVerdict> verdicts, bool written)
    {
        foreach (var verdict in verdicts)
        {
            if (!IsCurrent(verdict))
                continue;
            var instance = _instances[verdict.Key];
            if (written)
                instance.Recorded = verdict.FailingCheck;
            Queue(instance);
        }
    }

    private void Queue(CheckedInstance instance)
    {
        if (instance.Queued || instance.Verdict == instance.Recorded)
            return;
        instance.Queued = true;
        _changed.Enqueue(instance);
    }
}
