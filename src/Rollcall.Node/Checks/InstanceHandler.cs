namespace Rollcall.Node.Checks;

/// <summary>How a node asks an instance something over HTTP: whoever answers must be the instance itself, and cannot make the node hold much.</summary>
internal static class InstanceHandler
{
    /// <summary>A handler of its own.</summary>
    /// <param name="keep">How long a connection is kept that nobody uses.</param>
    public static SocketsHttpHandler New(TimeSpan keep) => new()
    {
        // A redirect, a proxy or a cookie would let something other than the instance answer for it.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16, // KiB
        // A small rest of a body is read so that the connection can be used again; a large or slow one costs the connection.
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
        PooledConnectionIdleTimeout = keep,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 16,
    };
}
