namespace Rollcall.Load.Suites;

/// <summary>When the last of the watchers learned of each revision. A watcher that sees a later revision has learned of all before.</summary>
internal sealed class Arrivals(int watchers)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (int Missing, TaskCompletionSource<long> Last)> _expected = [];
    private readonly long[] _seen = new long[watchers];

    /// <summary>Completes with the timestamp at which the last watcher learned of <paramref name="revision"/>.</summary>
    public Task<long> Expect(long revision)
    {
        lock (_gate)
        {
            var missing = _seen.Count(seen => seen < revision);
            var last = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (missing == 0)
                last.SetResult(TimeProvider.System.GetTimestamp());
            else
                _expected[revision] = (missing, last);
            return last.Task;
        }
    }

    public void Seen(int watcher, long revision)
    {
        var now = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            var before = _seen[watcher];
            _seen[watcher] = Math.Max(before, revision);
            foreach (var (expected, (missing, last)) in _expected.Where(item => item.Key > before && item.Key <= revision).ToArray())
            {
                if (missing > 1)
                {
                    _expected[expected] = (missing - 1, last);
                    continue;
                }

                _expected.Remove(expected);
                last.SetResult(now);
            }
        }
    }
}
