using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Live;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Node.Watching;

namespace Rollcall.Node.Api;

/// <summary>Services as a screen shows them: instances with their names, health and addresses, at once and as they change.</summary>
internal sealed class LiveApi(NodeParts parts, LiveView view, LiveMetrics metrics)
{
    private static readonly TimeSpan BetweenEvents = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRefreshes = TimeSpan.FromSeconds(1);

    private static readonly ParameterDescription Service = new("service", "Which; without it the first that is imported, or the only one.");

    private long _refreshed = parts.Time.GetTimestamp() - parts.Time.TimestampFrequency;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/api/instances/live", GetLiveAsync, Of("A service with everything that is known of its instances.", typeof(LiveInstancesDocument)) with { Successes = [200, 304] });
        routes.Map("GET", "/api/instances/live/events", WatchAsync, new("The same as server-sent events, whole, each time something changes.")
        {
            Parameters =
            [
                Service,
                new("changes", "true: after the first the instances that changed, instead of all."),
                new("Last-Event-ID", "Says what is known already.", IsHeader: true),
            ],
            MediaType = "text/event-stream",
            Events = new Dictionary<string, Type>(StringComparer.Ordinal) { ["instances"] = typeof(LiveInstancesDocument) },
            Problems = [400, 404, 503],
            IsEndless = true,
        });
        routes.Map("GET", "/api/instances", GetList, Of("Its instances alone.", typeof(IReadOnlyList<LiveInstanceDocument>)));
        routes.Map("GET", "/api/instances/provisioned", GetList, Of("Those that are there, which is all of them.", typeof(IReadOnlyList<LiveInstanceDocument>)));
        routes.Map("GET", "/api/instances/discovery-info", GetInfo, Of("How discovery is doing.", typeof(DiscoveryInfoDocument)));
        routes.Map("POST", "/api/instances/refresh", Refresh, Of("Has instances asked again how they are; once a second at the most.", typeof(RefreshDocument)) with { Problems = [400, 404, 429, 503] });
    }

    private static RouteDescription Of(string summary, Type answer) => new(summary) { Parameters = [Service], Answer = answer, Problems = [400, 404, 503] };

    private async ValueTask<Problem?> GetLiveAsync(HttpContext context)
    {
        var began = parts.Time.GetTimestamp();
        try
        {
            if (Find(context, out var answer) is { } problem)
                return problem;
            if (answer is null)
                return WriteError(context);
            var etag = $"\"{answer.Version}\"";
            context.Response.Headers.ETag = etag;
            context.Response.Headers.CacheControl = "no-cache";
            if (Answer.IsKnown(context.Request, etag))
                context.Response.StatusCode = StatusCodes.Status304NotModified;
            else
                await WriteAsync(context, answer.Bytes);
            return null;
        }
        finally
        {
            metrics.Called(parts.Time.GetElapsedTime(began));
        }
    }

    private ValueTask<Problem?> GetList(HttpContext context)
    {
        if (Find(context, out var answer) is { } problem)
            return new(problem);
        if (answer is null)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        Answer.WithDocument(context, answer?.Document.Instances ?? [], ApiJson.Default.IReadOnlyListLiveInstanceDocument);
        return default;
    }

    private ValueTask<Problem?> GetInfo(HttpContext context)
    {
        if (Find(context, out var answer) is { } problem)
            return new(problem);
        var imports = parts.Imports.Services.Select(parts.Imports.Of).OfType<Imports.ImportStatus>().ToArray();
        var ofCluster = imports.Where(static import => import.Target.Scheme == "k8s").ToArray();
        var document = answer?.Document;
        Answer.WithDocument(
            context,
            new DiscoveryInfoDocument(
                new KubernetesDiscoveryDocument(
                    document?.Namespace,
                    [.. parts.Imports.Services],
                    imports.Length > 0,
                    document?.ObservedAt,
                    document?.Instances.Count ?? 0,
                    new KubernetesStateDocument(ofCluster.Any(static import => import.Freshness.IsLive), document?.Namespace, ofCluster.Length)),
                document?.Freshness is "live" && imports.Length > 0,
                document?.Freshness is Imports.ImportMode.StaticFallback),
            ApiJson.Default.DiscoveryInfoDocument);
        return default;
    }

    private ValueTask<Problem?> Refresh(HttpContext context)
    {
        if (Find(context, out var answer) is { } problem)
            return new(problem);
        if (answer is null)
            return new(WriteError(context));
        var (now, before) = (parts.Time.GetTimestamp(), Interlocked.Read(ref _refreshed));
        if (parts.Time.GetElapsedTime(before, now) < BetweenRefreshes || Interlocked.CompareExchange(ref _refreshed, now, before) != before)
            return new(new Problem(ProblemKind.TooSoon, "Instances were asked less than a second ago; ask again in a second.") { RetryAfter = BetweenRefreshes });
        view.Refresh(answer.Document.ServiceName);
        var count = answer.Document.Instances.Count;
        Answer.WithDocument(context, new RefreshDocument("Instances are being asked again.", count, answer.Document.Instances), ApiJson.Default.RefreshDocument);
        return default;
    }

    private async ValueTask<Problem?> WatchAsync(HttpContext context)
    {
        if (Find(context, out var answer) is { } problem)
            return problem;
        if (answer is null)
            return WriteError(context);
        if (parts.Waiting.TryEnter(parts.WatchMetrics) is { } busy)
            return busy;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, parts.Stopping);
        try
        {
            context.Features.Set(WaitedOnPurpose.Mark);
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await RunAsync(context, answer.Document.ServiceName, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client left or the node stops: that is how a stream ends.
        }
        finally
        {
            parts.Waiting.Leave();
        }

        return null;
    }

    private async Task RunAsync(HttpContext context, string service, CancellationToken end)
    {
        var (output, known, silence) = (context.Response.BodyWriter, context.Request.Headers["Last-Event-ID"].ToString(), TimeSpan.Zero);
        var changes = context.Request.Query["changes"] == "true";

        // Who knows the state already may hear nothing for a while, but that it is connected.
        await output.FlushAsync(end);
        while (true)
        {
            // First ask to be told, then look: what changes in between is told.
            var touched = view.NextTouch(service);
            var revision = parts.Registry.Catalog.GetService(service).Revision;
            if (view.Get(service) is { } answer && answer.Version != known)
            {
                var steps = changes ? answer.StepsSince(known) : [];
                foreach (var step in steps)
                    await WriteEventAsync(output, "changes", step.To, step.Json, end);
                if (steps.IsEmpty)
                    await WriteEventAsync(output, "instances", answer.Version, answer.Bytes, end);
                known = answer.Version;
                await output.FlushAsync(end);
                silence = TimeSpan.Zero;
                await Task.Delay(BetweenEvents, parts.Time, end);
            }

            using var look = CancellationTokenSource.CreateLinkedTokenSource(end);
            var changed = parts.Registry.Catalog.WaitForChangeAsync(service, revision, look.Token).AsTask();
            var first = await Task.WhenAny(changed, touched, Task.Delay(LookAgain, parts.Time, look.Token));
            await look.CancelAsync();
            await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end.ThrowIfCancellationRequested();
            if (first == changed || first == touched || (silence += LookAgain) < 3 * LookAgain)
                continue;
            output.Write(": still here\n\n"u8);
            await output.FlushAsync(end);
            silence = TimeSpan.Zero;
        }
    }

    private static async ValueTask WriteEventAsync(PipeWriter output, string kind, string version, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        output.Write(Encoding.ASCII.GetBytes($"event: {kind}\nid: {version}\ndata: "));
        await Pieces.WriteAsync(output, data, cancellationToken);
        output.Write("\n\n"u8);
    }

    // Null without a problem: there is nothing that could be shown.
    private Problem? Find(HttpContext context, out LiveAnswer? answer)
    {
        answer = null;
        var service = context.Request.Query["service"].ToString();
        if (service.Length == 0)
        {
            answer = view.Default is { } only ? view.Get(only) : null;
            return null;
        }

        if (NameMessages.Check(service) is { } wrong)
            return wrong;
        answer = view.Get(service);
        return answer is null ? ServicesApi.NotFound(service) : null;
    }

    private static Problem? WriteError(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        Answer.WithDocument(context, new LiveErrorDocument("There is nothing to show: no service is imported, and of those that are registered none is the only one. Name one with ?service=NAME."), ApiJson.Default.LiveErrorDocument);
        return null;
    }

    private static async ValueTask WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = JsonBuffer.ContentType;
        context.Response.ContentLength = bytes.Length;
        await Pieces.WriteAsync(context.Response.BodyWriter, bytes, context.RequestAborted);
        // The server sends by itself what was written only as long as nothing was sent before.
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
