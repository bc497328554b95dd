using Microsoft.Extensions.Options;
using Rollcall;
using Rollcall.Pooling;
using Rollcall.Watching;
using Endpoint = Rollcall.Endpoint;

namespace Loco.Viewer;

/// <summary><c>/vnc/{id}</c>: from a browser to the emulator of that id, by a connection of the pool.</summary>
internal sealed partial class VncRoute(
    [FromKeyedServices(ViewerHost.Service)] ServiceConnectionPool<WaitingEmulator> pool,
    ServiceResolver resolver,
    Seats seats,
    IOptions<ViewerOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<VncRoute> logger)
{
    // Older noVNC asks for it by name.
    private const string BinaryProtocol = "binary";

    public async Task AnswerAsync(HttpContext context, string id)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "This is for WebSockets.");
        else if (!IsAllowed(context.Request))
            await RefuseAsync(context, StatusCodes.Status403Forbidden, $"Pages of {context.Request.Headers.Origin} may not look. Viewer:AllowedOrigins says who may.");
        else if (await FindAsync(id, context.RequestAborted) is not { } endpoint)
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no emulator {id}.");
        else if (endpoint.State != EndpointState.Ready)
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, $"{id} is not ready.");
        else if (seats.TryTake(endpoint.Id) is not { } seat)
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "There are as many viewers as there may be.");
        else
            await ServeAsync(context, endpoint, seat);
    }

    /// <summary>Every emulator there is.</summary>
    public async Task<IReadOnlyList<EmulatorDocument>> ListAsync(CancellationToken cancellationToken)
    {
        using var watch = resolver.Watch(pool.Target);
        var set = await watch.GetAsync(cancellationToken);
        return [.. set.Endpoints.Select(endpoint => new EmulatorDocument(endpoint.Id, endpoint.State.ToString(), $"/vnc/{endpoint.Id}", seats.Of(endpoint.Id)))];
    }

    private async Task ServeAsync(HttpContext context, Endpoint endpoint, IDisposable seat)
    {
        using (seat)
        {
            PooledConnection<WaitingEmulator> rented;
            try
            {
                rented = await pool.RentAsync(PickContext.ForKey(endpoint.Id), context.RequestAborted);
            }
            catch (ConnectionPoolException error)
            {
                await RefuseAsync(context, StatusCodes.Status502BadGateway, error.Message);
                return;
            }

            // Whom the pool cannot connect to it passes over. That connection is another's, and as good as before.
            if (rented.Endpoint.Id != endpoint.Id)
            {
                rented.Dispose();
                await RefuseAsync(context, StatusCodes.Status502BadGateway, $"{endpoint.Id} could not be connected to.");
                return;
            }

            await RelayAsync(context, endpoint, rented);
        }
    }

    // In the middle of somebody's picture a connection is of no use to anybody else: it is never returned.
    private async Task RelayAsync(HttpContext context, Endpoint endpoint, PooledConnection<WaitingEmulator> rented)
    {
        try
        {
            using var browser = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(BinaryProtocol, StringComparer.Ordinal) ? BinaryProtocol : null,
            });
            var end = await new Relay(browser, rented.Connection, options.Value, time).RunAsync(lifetime.ApplicationStopping);
            if (end == Relay.End.EmulatorBroke)
                rented.Fail();
            LogEnded(logger, endpoint.Id, end);
        }
        finally
        {
            rented.Discard();
        }
    }

    // By its id, or as the back end of the cluster of emulators counts them: instance-0 is the first of a stateful set.
    private async Task<Endpoint?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var watch = resolver.Watch(pool.Target);
        var set = await watch.GetAsync(cancellationToken);
        return set.Endpoints.FirstOrDefault(endpoint => endpoint.Id == id)
            ?? set.Endpoints.FirstOrDefault(endpoint => endpoint.Metadata.TryGetValue("instance", out var ordinal) && id == $"instance-{ordinal}");
    }

    // Browsers let any page open any WebSocket, and say which page it is. What is no browser says nothing.
    private bool IsAllowed(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static Task RefuseAsync(HttpContext context, int code, string why) => TypedResults.Problem(why, statusCode: code).ExecuteAsync(context);

    [LoggerMessage(1, LogLevel.Information, "A viewer of {Id} has ended: {End}.")]
    private static partial void LogEnded(ILogger logger, string id, Relay.End end);
}
