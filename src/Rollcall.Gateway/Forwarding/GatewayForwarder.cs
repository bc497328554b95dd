using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Sends a request that has found its route to an endpoint, and the answer back.</summary>
internal sealed class GatewayForwarder(IHttpForwarder forwarder, TimeProvider time)
{
    public async Task ForwardAsync(HttpContext context)
    {
        // Put there when the route was made; nothing else ends here.
        var route = context.GetEndpoint()!.Metadata.GetMetadata<RunningRoute>()!;
        var transformer = context.GetReverseProxyFeature().Route.Transformer;
        var split = route.Splits[0];
        if (route.Config.MaxBodyBytes is { } maxBody)
            LimitBody(context, maxBody);
        if (route.Timeout is not { } timeout)
        {
            await AnswerAsync(context, route, split, await forwarder.SendAsync(context, ClusterClient.Prefix, split.Cluster.Invoker, split.RequestConfig, transformer));
            return;
        }

        using var enough = new CancellationTokenSource(timeout, time);
        await AnswerAsync(context, route, split, await forwarder.SendAsync(context, ClusterClient.Prefix, split.Cluster.Invoker, split.RequestConfig, transformer, enough.Token));
    }

    private static void LimitBody(HttpContext context, long maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maxBytes < 0 ? null : maxBytes;
    }

    private static Task AnswerAsync(HttpContext context, RunningRoute route, RunningSplit split, ForwarderError error) =>
        error == ForwarderError.None || context.Response.HasStarted ? Task.CompletedTask : Failures.AnswerAsync(context, route, split, error);
}
