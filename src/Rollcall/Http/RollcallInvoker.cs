namespace Rollcall.Http;

/// <summary>
/// Sends requests to services for those who take an <see cref="HttpMessageInvoker"/>, such as <c>ClientWebSocket.ConnectAsync(new("ws://orders/events"), invoker, …)</c>: with
/// the options of the section <c>Rollcall</c>, over connections of its own. From the container, one per process; do not dispose of it. Thread-safe.
/// </summary>
public sealed class RollcallInvoker : HttpMessageInvoker
{
    // Names of endpoints may change their addresses, which a connection does not notice.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    internal RollcallInvoker(ClientContext context, RollcallClientOptions options)
        : base(new RollcallHandler(context, options)
        {
            InnerHandler = new SocketsHttpHandler
            {
                ConnectTimeout = options.ConnectTimeout,
                PooledConnectionLifetime = ConnectionLifetime,
                AllowAutoRedirect = false,
                UseCookies = false,
            },
        })
    {
    }
}
