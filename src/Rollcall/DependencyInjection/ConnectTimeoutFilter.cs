using Microsoft.Extensions.Http;
using Rollcall.Http;

namespace Rollcall.DependencyInjection;

/// <summary>
/// Gives the sockets of clients that use Rollcall a limit for connecting: without one, a request to a machine that is gone waits for minutes, and one that is not
/// idempotent could not even be tried elsewhere. Runs after everything the application has configured, and touches only what it has left open.
/// </summary>
internal sealed class ConnectTimeoutFilter : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.PrimaryHandler is SocketsHttpHandler sockets
            && sockets.ConnectTimeout == Timeout.InfiniteTimeSpan
            && builder.AdditionalHandlers.OfType<RollcallHandler>().FirstOrDefault() is { } handler)
            sockets.ConnectTimeout = handler.Options.ConnectTimeout;
    };
}
