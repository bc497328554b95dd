using Microsoft.AspNetCore.Http;
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
        if (RequestBody.IsTooLong(context, route.Config.MaxBodyBytes))
        {
            await Failures.WriteAsync(context, 413, "body-too-large", "The body is too large", $"Route '{route.Name}' takes no body of that length.");
            return;
        }

        if (route.Timeout is not { } timeout)
        {
            await AnswerAsync(context, route, split, await forwarder.SendAsync(context, ClusterClient.Prefix, split.Cluster.Invoker, split.RequestConfig, transformer));
            return;
        }

        using var enough = new CancellationTokenSource(timeout, time);
        await AnswerAsync(context, route, split, await forwarder.SendAsync(context, ClusterClient.Prefix, split.Cluster.Invoker, split.RequestConfig, transformer, enough.Token));
    }

    private static Task AnswerAsync(HttpContext context, RunningRoute route, RunningSplit split, ForwarderError error) =>
        error == ForwarderError.None || context.Response.HasStarted ? Task.CompletedTask : Failures.AnswerAsync(context, route, split, error);
}
