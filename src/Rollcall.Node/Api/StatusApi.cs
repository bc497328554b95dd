using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Telemetry;

namespace Rollcall.Node.Api;

/// <summary>How the node is: status, health, readiness, metrics.</summary>
internal sealed class StatusApi(NodeParts parts)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/api/status", GetStatus, new("State of the node.") { Answer = typeof(StatusReportDocument) });
        routes.Map("GET", "/healthz", GetHealth, Text("Alive."));
        routes.Map("GET", "/readyz", GetReadiness, Text("Ready to serve.") with { Problems = [503] });
        routes.Map("GET", "/health", GetHealth, Text("As /healthz."));
        routes.Map("GET", "/ready", GetReadiness, Text("As /readyz.") with { Problems = [503] });
        routes.Map("GET", "/metrics", GetMetricsAsync, Text("Metrics for Prometheus."));
        routes.Map("GET", "/", GetStart, Text("What there is to see."));
    }

    private static RouteDescription Text(string summary) => new(summary) { MediaType = "text/plain" };

    private static ValueTask<Problem?> GetHealth(HttpContext context) => WriteText(context, "ok\n"u8);

    private static ValueTask<Problem?> GetStart(HttpContext context) => WriteText(
        context,
        """
        This is a Rollcall node.

          GET /api/services        the services
          GET /api/status          how the node is
          GET /openapi/v1.json     the API, for machines (docs/http-api.md for people)
          GET /metrics             for Prometheus

        Register: curl -X PUT http://127.0.0.1:7655/api/services/orders/instances/o-1 -d '{"address":"127.0.0.1","ports":{"http":8080},"ttl":"1h"}'

        """u8);

    private ValueTask<Problem?> GetReadiness(HttpContext context)
    {
        if (parts.Stopping.IsCancellationRequested)
            return new(Problem.BusyNow("The node is stopping."));
        if (!parts.Imports.AreSettled)
            return new(Problem.BusyNow("The node has not seen its imports yet."));
        // Reads go on without a journal, and they are what most come for: taking the node out of rotation would end them too.
        return parts.Registry.Journal.Problem is { } problem
            ? WriteText(context, System.Text.Encoding.UTF8.GetBytes($"ready for reads, not for writes: {problem}\n"))
            : WriteText(context, "ready\n"u8);
    }

    private ValueTask<Problem?> GetStatus(HttpContext context)
    {
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, NodeStatus.Of(parts), ApiJson.Default.StatusReportDocument);
        buffer.Answer(context.Response);
        return default;
    }

    private async ValueTask<Problem?> GetMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        var text = new PrometheusText(context.Response.BodyWriter);
        foreach (var instrument in parts.Metrics.Collect())
            text.Write(instrument);
        ServiceGauges.Write(text, parts.Registry.Catalog, parts.Registry.Watchers);
        ImportGauges.Write(text, parts.Imports);
        JournalGauges.Write(text, parts.Registry);
        ProcessMetrics.Write(text, parts.Started);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return null;
    }

    private static ValueTask<Problem?> WriteText(HttpContext context, ReadOnlySpan<byte> text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        System.Buffers.BuffersExtensions.Write(context.Response.BodyWriter, text);
        return default;
    }
}
