using Rollcall.Balancing;

namespace Rollcall.Pooling;

/// <summary>
/// The connections to one endpoint at one address. When it moves, is drained or leaves, these are retired, and another object takes their place if need be.
/// </summary>
internal sealed class EndpointConnections<T>(BalancedEndpoint endpoint, PoolSlot<T>?[] slots)
    where T : class
{
    private BalancedEndpoint _endpoint = endpoint;
    private int _open;
    private int _retired;
    private long _failures;

    /// <summary>The endpoint as the newest snapshot has it.</summary>
    public BalancedEndpoint Endpoint
    {
        get => Volatile.Read(ref _endpoint);
        set => Volatile.Write(ref _endpoint, value);
    }

    public IdleStack<T> Idle { get; } = new(slots);

    /// <summary>Connections that are open, being opened or being closed. Written under the store's lock.</summary>
    public int Open
    {
        get => Volatile.Read(ref _open);
        set => Volatile.Write(ref _open, value);
    }

    /// <summary>Nothing new is lent; what comes back is closed.</summary>
    public bool IsRetired => Volatile.Read(ref _retired) != 0;

    /// <summary>Connects, checks and rentals that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Connects in a row that failed when nobody waited for them, and when the next is due. Used by the keeper only.</summary>
    public int FailedWarmings { get; set; }

    /// <inheritdoc cref="FailedWarmings"/>
    public long WarmAfter { get; set; }

    // A full fence: whoever puts a connection back looks here afterwards, and whoever retires looks for connections afterwards.
    public void Retire() => Interlocked.Exchange(ref _retired, 1);

    public void Failed() => Interlocked.Increment(ref _failures);

    /// <summary>Whether these connections lead to where the endpoint is now.</summary>
    public bool LeadTo(Endpoint now)
    {
        var mine = Endpoint.Endpoint;
        return mine.Host == now.Host && mine.Ports.Equals(now.Ports);
    }
}

/// <summary>An endpoint as the pool's selection has it.</summary>
internal sealed record PoolDestination<T>(BalancedEndpoint Endpoint, EndpointConnections<T> Connections) : ISelectable
    where T : class;
