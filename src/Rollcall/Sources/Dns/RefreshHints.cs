using Rollcall.Watching;

namespace Rollcall.Sources.Dns;

/// <summary>Passes hints to look sooner on to whoever watches the target. Thread-safe.</summary>
internal sealed class RefreshHints
{
    private readonly Dictionary<ServiceTarget, List<Signal>> _followers = [];
    private readonly Lock _gate = new();

    /// <summary>Nobody who follows <paramref name="target"/>: nothing happens.</summary>
    public void Raise(ServiceTarget target)
    {
        lock (_gate)
        {
            // Setting a signal runs no code of others.
            foreach (var follower in _followers.GetValueOrDefault(target) ?? [])
                follower.Set();
        }
    }

    /// <summary>Hears of hints until disposed of.</summary>
    public Follower Follow(ServiceTarget target)
    {
        var signal = new Signal();
        lock (_gate)
        {
            if (!_followers.TryGetValue(target, out var followers))
                _followers.Add(target, followers = []);
            followers.Add(signal);
        }

        return new Follower(this, target, signal);
    }

    private void Remove(ServiceTarget target, Signal signal)
    {
        lock (_gate)
        {
            if (_followers.TryGetValue(target, out var followers) && followers.Remove(signal) && followers.Count == 0)
                _followers.Remove(target);
        }
    }

    /// <summary>One who follows a target.</summary>
    public sealed class Follower(RefreshHints hints, ServiceTarget target, Signal signal) : IDisposable
    {
        /// <summary>Completes at the next hint; take it before looking.</summary>
        public Task Next => signal.Next;

        public void Dispose() => hints.Remove(target, signal);
    }
}
