using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Node.Watching;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Api;

/// <summary>Reads of services: the list, one service now, later or in the past, and who watches it.</summary>
internal sealed class ServicesApi(NodeParts parts)
{
    private readonly Catalog _catalog = parts.Registry.Catalog;
    private readonly WatcherTable _watchers = parts.Registry.Watchers;
    private readonly BlockingQuery _blocking = new(parts.Registry.Catalog, parts.WatchMetrics, parts.Jitter, parts.Time, parts.Stopping);

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/api/services", List, new("All services with their counts, those without instances too while they are remembered.") { Answer = typeof(ServiceListDocument) });
        routes.Map("GET", "/api/services/{service}", GetAsync, new("One service: now, once it changes, or in the past.")
        {
            Parameters =
            [
                new("ready", "true: only instances that are ready."),
                new("zone", "Only that zone."),
                new("meta.KEY", "Only with that label; KEY stands for its key."),
                new("index", "Blocks until the service has changed after this revision."),
                new("wait", "The longest it blocks: 0s to 5m, default 30s."),
                new("epoch", "The epoch the index came with."),
                new("at", "The service as it was then: ISO 8601 or a duration ago."),
                new(ApiNames.WatcherHeader, "The name to be listed by.", IsHeader: true),
                new(ApiNames.FindingsHeader, "With a blocking query: the instances that the caller avoids, and why.", IsHeader: true),
                new("If-None-Match", "The ETag of an earlier answer.", IsHeader: true),
            ],
            Answer = typeof(ServiceDocument),
            Successes = [200, 304],
            Problems = [400, 404, 410, 503],
        });
        routes.Map("GET", "/api/services/{service}/watchers", GetWatchers, new("Who watches a service and the revision each has applied.")
        {
            Answer = typeof(WatchersDocument),
            Problems = [400, 404],
        });
        routes.Map("GET", "/api/services/{service}/findings", GetFindings, new("Which instances of a service callers avoid at present, and why.")
        {
            Answer = typeof(FindingsDocument),
            Problems = [400, 404],
        });
    }

    private ValueTask<Problem?> List(HttpContext context)
    {
        using var buffer = JsonBuffer.Rent();
        ListWriter.WriteServices(buffer.Json, _catalog, _watchers, parts.Imports);
        buffer.Answer(context.Response);
        return default;
    }

    private ValueTask<Problem?> GetAsync(HttpContext context)
    {
        var service = (string)context.Request.RouteValues["service"]!;
        if (NameMessages.Check(service) is { } wrongName)
            return new(wrongName);
        if (ServiceParameters.Read(context.Request.QueryString.Value, parts.Time, parts.Options.MaxWait, out var query) is { } wrong)
            return new(wrong);
        if (query.At is { } at)
            return GetPastAsync(context, service, at, query.Filter);
        if (query.Index is not null || context.Request.Headers.ContainsKey(ApiNames.WatcherHeader))
            return WatchAsync(context, service, query);
        var snapshot = _catalog.GetService(service);
        if (!snapshot.IsKnown)
            return new(NotFound(service));
        Answer.WithService(context, parts, snapshot, query.Filter);
        return default;
    }

    private async ValueTask<Problem?> GetPastAsync(HttpContext context, string service, DateTimeOffset at, InstanceFilter? filter)
    {
        var past = await parts.Registry.ReadServiceAtAsync(service, at, context.RequestAborted);
        if (past is null)
        {
            return new Problem(
                ProblemKind.HistoryGone,
                $"History is complete since {parts.Registry.HistoryCompleteSince.UtcDateTime:O}; {at.UtcDateTime:O} lies before that. Ask for a later moment.");
        }

        // Nothing then and nothing known now: a name that does not exist, or is misspelled.
        if (past.Instances.IsEmpty && !_catalog.GetService(service).IsKnown)
            return NotFound(service);
        using var buffer = JsonBuffer.Rent();
        parts.Renderer.Write(buffer.Json, past, filter);
        buffer.Answer(context.Response);
        return null;
    }

    private async ValueTask<Problem?> WatchAsync(HttpContext context, string service, ServiceParameters query)
    {
        if (Remote.Read(context, out var remote) is { } wrong)
            return wrong;
        // An index from another life of the data says nothing about this one.
        var known = query.Epoch is null || string.Equals(query.Epoch, parts.Registry.Epoch, StringComparison.Ordinal);
        if (query.Index is null && !_catalog.GetService(service).IsKnown)
            return NotFound(service);
        var applied = known ? query.Index ?? 0 : 0;
        parts.FindingReader.Read(context.Request, service, remote, applied <= _catalog.Revision ? applied : 0, query.Wait ?? parts.Options.DefaultWait);
        if (parts.Waiting.TryEnter(parts.WatchMetrics) is { } busy)
            return busy;
        var handle = _watchers.Enter(service, remote.Name, WatcherKind.Poll, applied, remote.Address);
        try
        {
            var wait = known ? query.Wait ?? parts.Options.DefaultWait : TimeSpan.Zero;
            var answer = query.Index is { } index
                ? await _blocking.WaitAsync(context, service, index, wait)
                : _catalog.GetService(service);
            if (answer is null)
            {
                handle.Lost();
                return null;
            }

            Answer.WithService(context, parts, answer, query.Filter);
            await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            _blocking.NoteDelivery(answer, query.Index);
        }
        finally
        {
            parts.Waiting.Leave();
            PollsOfConnection.Answered(context, service, remote.Name, handle);
        }

        return null;
    }

    private ValueTask<Problem?> GetWatchers(HttpContext context)
    {
        var service = (string)context.Request.RouteValues["service"]!;
        if (NameMessages.Check(service) is { } wrong)
            return new(wrong);
        var known = _catalog.GetService(service);
        var watchers = _watchers.GetWatchers(service);
        if (!known.IsKnown && watchers.Count == 0)
            return new(NotFound(service));
        using var buffer = JsonBuffer.Rent();
        ListWriter.WriteWatchers(buffer.Json, service, known.Revision, watchers);
        buffer.Answer(context.Response);
        return default;
    }

    private ValueTask<Problem?> GetFindings(HttpContext context)
    {
        var service = (string)context.Request.RouteValues["service"]!;
        if (NameMessages.Check(service) is { } wrong)
            return new(wrong);
        var findings = parts.Findings.Of(service);
        if (findings.Count == 0 && !_catalog.GetService(service).IsKnown)
            return new(NotFound(service));
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, new FindingsDocument { Service = service, Findings = findings }, ApiJson.Default.FindingsDocument);
        buffer.Answer(context.Response);
        return default;
    }

    /// <summary>There is no such service.</summary>
    public static Problem NotFound(string service) =>
        new(ProblemKind.ServiceNotFound, $"There is no service {service}: it has no instance, and had none in the time that is remembered.");
}
