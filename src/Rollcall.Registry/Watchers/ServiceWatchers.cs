namespace Rollcall.Registry.Watchers;

/// <summary>
/// The watchers of one service behind one lock, under which nothing waits and no foreign code runs. Once dropped (empty) it is never used
/// again; who comes late takes a new one.
/// </summary>
internal sealed class ServiceWatchers(WatcherTable table)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watcher> _watchers = new(StringComparer.Ordinal);

    // Two lists, because each has one grace and so stays in order of departure by appending.
    private readonly LinkedList<Watcher> _answered = new();
    private readonly LinkedList<Watcher> _lost = new();
    private readonly List<AppliedWait> _waits = [];
    private bool _dropped;

    /// <summary>Counts a request in; false when this was dropped. The handle is untracked when the table is full.</summary>
    public bool TryEnter(string id, WatcherKind kind, long applied, string? remote, out WatcherHandle handle)
    {
        lock (_gate)
        {
            handle = WatcherTable.Untracked;
            if (_dropped)
                return false;
            LetLeave();
            var now = table.Time.GetUtcNow();
            if (!_watchers.TryGetValue(id, out var watcher))
            {
                if (!table.TryCount(_watchers.Count))
                    return true;
                _watchers.Add(id, watcher = new Watcher(id) { Since = now });
            }

            watcher.Departure.List?.Remove(watcher.Departure);
            handle = new WatcherHandle(this, watcher, applied);
            watcher.Requests.Add(handle);
            (watcher.Kind, watcher.Remote, watcher.LastSeen, watcher.Latest) = (kind, remote, now, handle);
            NoteApplied(watcher);
            return true;
        }
    }

    public void Advance(WatcherHandle handle, long applied)
    {
        lock (_gate)
        {
            var watcher = handle.Watcher!;
            if (!watcher.Requests.Contains(handle))
                return;
            handle.Applied = applied;
            watcher.LastSeen = table.Time.GetUtcNow();
            NoteApplied(watcher);
        }
    }

    public void End(WatcherHandle handle, bool lost)
    {
        lock (_gate)
        {
            var watcher = handle.Watcher!;
            var ended = watcher.Requests.Remove(handle);
            if (watcher.Requests.Count > 0 || !IsListed(watcher))
                return;
            // A second end says something only when it tells that the connection is gone and nothing newer was heard.
            if (!ended && !(lost && watcher.Latest == handle && watcher.Departure.List == _answered))
                return;
            if (ended && !lost)
                watcher.LastSeen = table.Time.GetUtcNow();
            if (!lost && watcher.Kind == WatcherKind.Stream)
                Remove(watcher);
            else
                Depart(watcher, lost);
        }
    }

    public int Count()
    {
        lock (_gate)
        {
            LetLeave();
            return _watchers.Count;
        }
    }

    public int Count(WatcherKind kind)
    {
        lock (_gate)
        {
            LetLeave();
            return _watchers.Values.Count(watcher => watcher.Kind == kind);
        }
    }

    public void CopyTo(List<WatcherInfo> target)
    {
        lock (_gate)
        {
            LetLeave();
            foreach (var watcher in _watchers.Values)
                target.Add(watcher.Describe());
        }
    }

    /// <summary>Begins to wait; null when there is nobody to wait for.</summary>
    public AppliedWait? Wait(long revision, TimeSpan timeout)
    {
        lock (_gate)
        {
            LetLeave();
            if (_dropped || _watchers.Count == 0)
                return null;
            var wait = new AppliedWait(revision, table.After(timeout));
            foreach (var watcher in _watchers.Values)
                wait.Note(watcher);
            if (wait.IsSatisfied || timeout <= TimeSpan.Zero || table.IsClosed)
            {
                wait.Finish();
                return wait;
            }

            _waits.Add(wait);
            wait.Timer = table.Time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm(wait);
            return wait;
        }
    }

    /// <summary>Gives a wait up.</summary>
    public void Cancel(AppliedWait wait, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waits.Remove(wait))
                wait.Cancel(cancellationToken);
        }
    }

    /// <summary>Ends every wait with whoever is behind.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var wait in _waits)
                wait.Finish();
            _waits.Clear();
        }
    }

    /// <summary>Lets leave who must; true when nobody is left and this was dropped by that.</summary>
    public bool TryDrop()
    {
        lock (_gate)
        {
            LetLeave();
            if (_dropped || _watchers.Count > 0 || _waits.Count > 0)
                return false;
            return _dropped = true;
        }
    }

    private bool IsListed(Watcher watcher) => _watchers.TryGetValue(watcher.Id, out var listed) && listed == watcher;

    // Several requests under one name have all applied only what the last of them has.
    private void NoteApplied(Watcher watcher)
    {
        var applied = long.MaxValue;
        foreach (var request in watcher.Requests)
            applied = Math.Min(applied, request.Applied);
        watcher.Applied = applied;
        foreach (var wait in _waits)
            wait.Note(watcher);
        FinishSatisfied();
    }

    private void Depart(Watcher watcher, bool lost)
    {
        watcher.Departure.List?.Remove(watcher.Departure);
        watcher.LeavesAt = table.After(lost ? table.Limits.LostGrace : table.Limits.ReturnsWithin);
        (lost ? _lost : _answered).AddLast(watcher.Departure);
        foreach (var wait in _waits)
            Arm(wait);
    }

    private void LetLeave()
    {
        var now = table.Time.GetTimestamp();
        while (_answered.First is { } first && first.Value.LeavesAt <= now)
            Remove(first.Value);
        while (_lost.First is { } first && first.Value.LeavesAt <= now)
            Remove(first.Value);
    }

    private void Remove(Watcher watcher)
    {
        watcher.Departure.List?.Remove(watcher.Departure);
        _watchers.Remove(watcher.Id);
        table.Uncount();
        foreach (var wait in _waits)
            wait.Gone(watcher);
        FinishSatisfied();
    }

    private void FinishSatisfied()
    {
        for (var i = _waits.Count - 1; i >= 0; i--)
        {
            if (!_waits[i].IsSatisfied)
                continue;
            _waits[i].Finish();
            _waits.RemoveAt(i);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            LetLeave();
            var now = table.Time.GetTimestamp();
            for (var i = _waits.Count - 1; i >= 0; i--)
            {
                if (_waits[i].EndsAt > now)
                {
                    Arm(_waits[i]);
                    continue;
                }

                _waits[i].Finish();
                _waits.RemoveAt(i);
            }
        }
    }

    // The next moment at which something can change without anybody calling: somebody leaves, or the wait ends.
    private void Arm(AppliedWait wait)
    {
        var due = wait.EndsAt;
        if (_answered.First is { } answered)
            due = Math.Min(due, answered.Value.LeavesAt);
        if (_lost.First is { } lost)
            due = Math.Min(due, lost.Value.LeavesAt);
        var left = table.Time.GetElapsedTime(table.Time.GetTimestamp(), due);
        // Never sooner than a timer can tell apart, or a rounding would spin.
        wait.Timer?.Change(left > table.Tick ? left : table.Tick, Timeout.InfiniteTimeSpan);
    }
}
