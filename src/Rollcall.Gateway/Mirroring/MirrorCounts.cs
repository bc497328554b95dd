namespace Rollcall.Gateway.Mirroring;

/// <summary>What became of the copies of a route's requests. Thread-safe.</summary>
internal sealed class MirrorCounts
{
    private long _sent;
    private long _failed;
    private long _skipped;
    private long _dropped;

    /// <summary>Copies that were sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Of these, those without an answer, and those answered with 500 or more.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Requests that cannot be copied: upgrades, and those whose body is too long or of unknown length.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Requests that were not copied because too many copies were under way.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Send() => Interlocked.Increment(ref _sent);

    public void Fail() => Interlocked.Increment(ref _failed);

    public void Skip() => Interlocked.Increment(ref _skipped);

    public void Drop() => Interlocked.Increment(ref _dropped);
}
