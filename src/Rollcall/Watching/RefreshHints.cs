using System.Collections.Concurrent;

namespace Rollcall.Watching;

/// <summary>
/// Brings the hints of <see cref="IRefreshable"/> to whoever looks at a target from time to time: a look comes sooner, but never sooner than
/// <paramref name="shortest"/> after the one before. Thread-safe.
/// </summary>
internal sealed class RefreshHints(TimeProvider time, TimeSpan shortest)
{
    private readonly ConcurrentDictionary<ServiceTarget, Entry> _entries = new();

    /// <summary>There is reason to look sooner; nothing when nobody follows the target.</summary>
    public void Hint(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (_entries.TryGetValue(target, out var entry))
            entry.Hinted.Set();
    }

    /// <summary>Waits once, between two looks of somebody who does not follow the target the whole time: for <paramref name="delay"/>, or until there is a hint.</summary>
    public async Task WaitAsync(ServiceTarget target, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var follower = Follow(target);
        await follower.WaitAsync(delay, cancellationToken);
    }

    /// <summary>From now on hints of the target are told; dispose of it when the target is looked at no more.</summary>
    public Follower Follow(ServiceTarget target)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(target, static _ => new Entry());
            lock (entry)
            {
                // One that was dropped in between hears nothing any more.
                if (entry.IsDropped)
                    continue;
                entry.Followers++;
                return new Follower(this, target, entry);
            }
        }
    }

    private void Leave(ServiceTarget target, Entry entry)
    {
        lock (entry)
        {
            if (--entry.Followers > 0)
                return;
            entry.IsDropped = true;
            _entries.TryRemove(new(target, entry));
        }
    }

    /// <summary>One that looks from time to time. Not thread-safe.</summary>
    public sealed class Follower : IDisposable
    {
        private readonly RefreshHints _hints;
        private readonly ServiceTarget _target;
        private readonly Entry _entry;
        private Task _hinted;

        internal Follower(RefreshHints hints, ServiceTarget target, Entry entry)
        {
            (_hints, _target, _entry) = (hints, target, entry);
            _hinted = entry.Hinted.Next;
        }

        /// <summary>Completes at the next hint; take it before looking.</summary>
        public Task Next => _entry.Hinted.Next;

        /// <summary>To be called after each look: waits until the next, which is after <paramref name="delay"/>, or sooner when there was a hint since the wait before.</summary>
        public async Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
        {
            var shortest = delay < _hints.Shortest ? delay : _hints.Shortest;
            var start = _hints.Time.GetTimestamp();
            await Task.Delay(shortest, _hints.Time, cancellationToken);
            if (delay - _hints.Time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                await _hinted.WaitAsync(left, _hints.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            _hinted = _entry.Hinted.Next;
        }

        public void Dispose() => _hints.Leave(_target, _entry);
    }

    internal sealed class Entry
    {
        public Signal Hinted { get; } = new();

        public int Followers { get; set; }

        public bool IsDropped { get; set; }
    }

    private TimeProvider Time => time;

    private TimeSpan Shortest => shortest;
}
