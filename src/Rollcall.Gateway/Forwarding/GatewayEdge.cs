using Microsoft.AspNetCore.Http;
using Rollcall.Balancing;
using Rollcall.Gateway.AccessLogs;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Requests;
using Rollcall.Gateway.Statistics;

namespace Rollcall.Gateway.Forwarding;

/// <summary>What every request gets, whether a route takes it or not: a correlation id, and a line in the access log.</summary>
internal sealed class GatewayEdge(GatewayRoutes routes, AccessLogs.AccessLogs logs, TrafficClock clock, StripedRandom random, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var id = routes.Current.Config.CorrelationHeader is { } header ? CorrelationId.Apply(context, header, random) : null;
        return logs.Current is { } log ? InvokeAsync(context, next, log, id) : next(context);
    }

    private async Task InvokeAsync(HttpContext context, RequestDelegate next, AccessLog log, string? id)
    {
        var start = clock.Now;
        var request = context.Request;
        var isCombined = log.Format == AccessLogFormat.Combined;
        var record = new AccessRecord
        {
            Time = time.GetUtcNow(),
            Client = context.Connection.RemoteIpAddress,
            Protocol = request.Protocol,
            Method = request.Method,
            Host = request.Host.Value ?? "",
            Path = request.Path,
            Referer = isCombined ? request.Headers.Referer.ToString() : null,
            UserAgent = isCombined ? request.Headers.UserAgent.ToString() : null,
            CorrelationId = id,
        };
        var body = CountedBody.Put(context);
        context.Features.Set(record);
        try
        {
            await next(context);
        }
        finally
        {
            record.Status = context.Response.StatusCode;
            record.Bytes = body.Bytes;
            record.Duration = clock.Between(start, clock.Now);
            logs.Write(log, record);
        }
    }
}
