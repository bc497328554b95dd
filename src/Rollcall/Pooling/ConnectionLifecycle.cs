namespace Rollcall.Pooling;

/// <summary>What a pool must know of a protocol: how connections are made, looked at and closed. All of it is called outside of locks, from any thread.</summary>
/// <typeparam name="TConnection">The connection.</typeparam>
public sealed class ConnectionLifecycle<TConnection>
    where TConnection : class
{
    /// <summary>
    /// Makes a connection that is ready for a request: connected, encrypted, logged in. Throws when that fails; the pool then tries another endpoint, and the
    /// process keeps away from this one for a while. The token is cancelled after <see cref="ConnectionPoolOptions.ConnectTimeout"/> and when the caller gives up.
    /// </summary>
    public required Func<Endpoint, CancellationToken, ValueTask<TConnection>> ConnectAsync { get; init; }

    /// <summary>
    /// Asks the other side whether an idle connection still works, such as with the protocol's ping; false, an exception, or no answer within
    /// <see cref="ConnectionPoolOptions.ConnectTimeout"/> closes the connection. Default: <see cref="IsUsable"/> alone.
    /// </summary>
    public Func<TConnection, CancellationToken, ValueTask<bool>>? CheckAsync { get; init; }

    /// <summary>
    /// Looks, without asking the other side, whether a connection is still good. Called before one is lent that was idle for longer than a second; must be
    /// quick. Default: every one is.
    /// </summary>
    public Func<TConnection, bool>? IsUsable { get; init; }

    /// <summary>Closes a connection. Default: disposes of it if it can be disposed of.</summary>
    public Func<TConnection, ValueTask>? CloseAsync { get; init; }

    /// <summary>As <see cref="IsUsable"/>, for a connection that nobody has rented yet; null: the same.</summary>
    internal Func<TConnection, bool>? IsFreshUsable { get; init; }

    /// <summary>Whether an endpoint with several ports cannot be connected to unless one is named.</summary>
    internal bool NeedsSinglePort { get; init; }
}
