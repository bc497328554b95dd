namespace Rollcall.Registry.Catalogs;

/// <summary>
/// Where one service's present snapshot hangs. It exists while the service has instances, had some not long ago, or somebody waits for it;
/// once dropped it is never used again, and who comes late takes a new one.
/// </summary>
internal sealed class ServiceEntry(string service)
{
    private readonly Lock _gate = new();
    private ServiceSnapshot _current = ServiceSnapshot.Unknown(service, 0);
    private int _waiters;
    private bool _forgotten;
    private bool _dropped;

    public ServiceSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Raised after <see cref="Current"/> moved.</summary>
    public Signal Changed { get; } = new();

    /// <summary>Sets the snapshot; false when the entry was dropped. The caller raises <see cref="Changed"/> once all of its batch is visible.</summary>
    public bool TrySet(ServiceSnapshot snapshot)
    {
        lock (_gate)
        {
            if (_dropped)
                return false;
            Volatile.Write(ref _current, snapshot);
            _forgotten = false;
            return true;
        }
    }

    /// <summary>Counts a waiter in; false when the entry was dropped.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_dropped)
                _waiters++;
            return !_dropped;
        }
    }

    /// <summary>Counts a waiter out; true when it was the last of an entry kept for waiting alone, which is dropped by that.</summary>
    public bool Leave()
    {
        lock (_gate)
            return --_waiters == 0 && (_forgotten || !_current.IsKnown) && !_dropped && (_dropped = true);
    }

    /// <summary>
    /// Lets go of an entry that was emptied at <paramref name="revision"/> and has not changed since: now, or once nobody waits for it any more.
    /// True when dropped now.
    /// </summary>
    public bool TryForget(long revision)
    {
        lock (_gate)
        {
            if (_dropped || _current.Revision != revision || !_current.Instances.IsEmpty)
                return false;
            _forgotten = true;
            return _waiters == 0 && (_dropped = true);
        }
    }
}
