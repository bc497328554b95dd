namespace Rollcall.Gateway.Requests;

/// <summary>What became of the sessions of a route. Thread-safe.</summary>
internal sealed class SessionCounts
{
    private long _kept;
    private long _begun;
    private long _moved;

    /// <summary>Requests that were sent where their cookie says.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>Requests without a cookie of the gateway's.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>Requests that could not be sent where their cookie says.</summary>
    public long Moved => Interlocked.Read(ref _moved);

    public void Keep() => Interlocked.Increment(ref _kept);

    public void Begin() => Interlocked.Increment(ref _begun);

    public void Move() => Interlocked.Increment(ref _moved);
}
