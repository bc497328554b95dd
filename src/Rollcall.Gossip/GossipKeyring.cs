namespace Rollcall.Gossip;

/// <summary>
/// The keys of a cluster: the first, the primary, encrypts; each of them may decrypt. A key is rotated in by adding it everywhere, then using it everywhere, then
/// removing the old one. An empty ring encrypts nothing. Thread-safe; a change holds for the next packet.
/// </summary>
public sealed class GossipKeyring
{
    private readonly Lock _writing = new();
    private volatile GossipKey[] _keys;

    /// <summary>The first key is the primary.</summary>
    /// <exception cref="ArgumentException">One of them is null.</exception>
    public GossipKeyring(params IEnumerable<GossipKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = [.. keys.Distinct()];
        if (Array.Exists(_keys, static key => key is null))
            throw new ArgumentException("A key must not be null.", nameof(keys));
    }

    /// <summary>
    /// Raised after each change, by whoever made it: the application, or a query of another member, which is then answered when all handlers have returned. A query raises it also where the
    /// keys are already as it wants them: it may be asked again because a handler has failed before. So the protocol
    /// waits for them: a handler may write a small file, and nothing slower. Handlers of two changes may run at the same time; what they keep is to be read from
    /// <see cref="Keys"/> under a lock of theirs. What a handler throws does not undo the change; it is thrown to who made it, and told to the member that asked.
    /// </summary>
    public event EventHandler? Changed;

    /// <summary>The keys as they are now, the primary first. The list is a snapshot.</summary>
    public IReadOnlyList<GossipKey> Keys => _keys;

    /// <summary>The key that encrypts, if there is one.</summary>
    public GossipKey? Primary => _keys is [var first, ..] ? first : null;

    // A new array for each change, so that who caches something of it can compare references.
    internal GossipKey[] Snapshot => _keys;

    // Whoever keeps the keys is to make up for what it may have missed.
    internal void RaiseChanged() => Changed?.Invoke(this, EventArgs.Empty);

    /// <summary>Lets a key decrypt from now on. The first key of an empty ring becomes the primary.</summary>
    /// <returns>Whether it was not there yet.</returns>
    public bool Add(GossipKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_writing)
        {
            if (_keys.Contains(key))
                return false;
            _keys = [.. _keys, key];
        }

        RaiseChanged();
        return true;
    }

    /// <summary>Makes a key the primary. Where it is that already nothing changes.</summary>
    /// <returns>Whether the ring has it.</returns>
    public bool Use(GossipKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_writing)
        {
            if (!_keys.Contains(key))
                return false;
            if (_keys[0].Equals(key))
                return true;
            _keys = [key, .. _keys.Where(other => !other.Equals(key))];
        }

        RaiseChanged();
        return true;
    }

    /// <summary>Takes a key away: what is encrypted with it is not understood any more.</summary>
    /// <returns>Whether the ring had it.</returns>
    /// <exception cref="InvalidOperationException">It is the primary; use another one first.</exception>
    public bool Remove(GossipKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_writing)
        {
            if (!_keys.Contains(key))
                return false;
            if (_keys[0].Equals(key))
                throw new InvalidOperationException("The primary key cannot be removed; use another one first.");
            _keys = [.. _keys.Where(other => !other.Equals(key))];
        }

        RaiseChanged();
        return true;
    }
}
