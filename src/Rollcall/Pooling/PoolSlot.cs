namespace Rollcall.Pooling;

/// <summary>What a slot is used for while nobody has rented its connection.</summary>
internal enum SlotUse
{
    Free,
    Opening,
    Idle,
    Checking,
    Closing,
}

/// <summary>
/// A place for one connection; used again for the next one when that is closed. Whoever has taken it off the idle stack, or has reserved it, is its only
/// owner and may write to it; what others read is said at the member.
/// </summary>
internal sealed class PoolSlot<T>(ServiceConnectionPool<T> pool, int index)
    where T : class
{
    // Apart from the rest, and from the next slot.
    private PaddedLong _version;

    public ServiceConnectionPool<T> Pool { get; } = pool;

    /// <summary>Where it stands in the array of slots.</summary>
    public int Index { get; } = index;

    /// <summary>The place, plus 1, of the slot below it on the idle stack; 0 for none. Read by others than the owner.</summary>
    public int Next;

    public T? Connection { get; set; }

    /// <summary>The connections it counts among. Set when it is reserved.</summary>
    public EndpointConnections<T>? Home { get; set; }

    /// <summary>Whose requests in flight the rental counts among.</summary>
    public BalancedEndpoint? Endpoint { get; set; }

    /// <summary>Whether its connection was rented before.</summary>
    public bool WasLent { get; set; }

    public long OpenedAt { get; set; }

    /// <summary>After this it is not lent again.</summary>
    public long ExpiresAt { get; set; }

    public long IdleSince { get; set; }

    public long CheckedAt { get; set; }

    /// <summary>Read by others than the owner, for statistics.</summary>
    public SlotUse Use { get; set; }

    /// <summary>Whether it is rented. Read by others than the owner, for statistics.</summary>
    public bool IsRented => (Volatile.Read(ref _version.Value) & 1) != 0;

    /// <summary>Begins a rental. What is returned is valid for this one only: versions never come back.</summary>
    public long Lend()
    {
        var version = _version.Value + 1;
        Volatile.Write(ref _version.Value, version);
        return version;
    }

    /// <summary>Whether the rental goes on.</summary>
    public bool IsLent(long version) => Volatile.Read(ref _version.Value) == version;

    /// <summary>Ends a rental. Of many who try, one wins and becomes the owner.</summary>
    public bool TryEnd(long version) => Interlocked.CompareExchange(ref _version.Value, version + 1, version) == version;
}
