namespace Loco.Demo;

/// <summary>What became of each pod, and when, as one observer saw it. Thread-safe.</summary>
internal sealed class PodChanges
{
    private readonly Lock _gate = new();
    private readonly List<PodChange> _all = [];
    private Dictionary<string, PodPhase> _now = new(StringComparer.Ordinal);

    /// <summary>The pods of now.</summary>
    public IReadOnlyDictionary<string, PodPhase> Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    /// <summary>How many changes there were so far.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _all.Count;
        }
    }

    /// <summary>Those after the first <paramref name="count"/>.</summary>
    public IReadOnlyList<PodChange> After(int count)
    {
        lock (_gate)
            return _all[count..];
    }

    /// <summary>Takes what is seen at a moment.</summary>
    public void Take(Dictionary<string, PodPhase> pods, long at)
    {
        lock (_gate)
        {
            foreach (var (pod, phase) in pods)
            {
                if (!_now.TryGetValue(pod, out var before) || before != phase)
                    _all.Add(new(pod, phase, at));
            }

            _all.AddRange(_now.Keys.Where(pod => !pods.ContainsKey(pod)).Select(pod => new PodChange(pod, PodPhase.Gone, at)));
            _now = pods;
        }
    }
}
