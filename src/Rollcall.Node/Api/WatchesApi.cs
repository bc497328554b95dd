using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Requests;
using Rollcall.Node.Watching;

namespace Rollcall.Node.Api;

/// <summary>Changes as server-sent events.</summary>
internal sealed class WatchesApi(NodeParts parts)
{
    /// <summary>Adds the route.</summary>
    public void Map(RouteTable routes) => 
        routes.Map("GET", "/api/watch", WatchAsync, new("A snapshot, then every change, as server-sent events.")
        {
            Parameters =
            [
                new("service", "Only this service; repeat for more.", Repeats: true),
                new("Last-Event-ID", "Goes on after this event.", IsHeader: true),
                new(ApiNames.WatcherHeader, "The name to be listed by.", IsHeader: true),
            ],
            MediaType = "text/event-stream",
            Events = new Dictionary<string, Type>(StringComparer.Ordinal) { ["snapshot"] = typeof(SnapshotDocument), ["change"] = typeof(ChangeDocument) },
            Problems = [400, 503],
            IsEndless = true,
        });

    private async ValueTask<Problem?> WatchAsync(HttpContext context)
    {
        if (Query.ReadWatch(context.Request.QueryString.Value, out var services) is { } wrong)
            return wrong;
        if (Remote.Read(context, out var remote) is { } wrongName)
            return wrongName;
        if (parts.Waiting.TryEnter(parts.WatchMetrics) is { } busy)
            return busy;
        try
        {
            context.Features.Set(WaitedOnPurpose.Mark);
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            // Proxies that collect answers before passing them on would hold events back.
            response.Headers["X-Accel-Buffering"] = "no";
            var (resume, startOver) = StreamRequest.ReadLastEventId(context.Request.Headers["Last-Event-ID"].ToString(), parts.Registry.Epoch);
            var stream = new EventStream(response.BodyWriter, parts.Registry.Epoch, parts.Renderer);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, parts.Stopping);
            using var watch = new StreamWatch(
                parts.Registry.Catalog, parts.Registry.Watchers, parts.WatchMetrics, stream, new StreamRequest(services, resume, startOver, remote), parts.Time);
            await RunAsync(watch, end.Token);
        }
        finally
        {
            parts.Waiting.Leave();
        }

        return null;
    }

    private static async Task RunAsync(StreamWatch watch, CancellationToken end)
    {
        try
        {
            await watch.RunAsync(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client left or the node stops: that is how a stream ends.
        }
    }
}
