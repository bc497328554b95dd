using Microsoft.AspNetCore.Http;
using Rollcall.Balancing;
using Rollcall.Gateway.AccessLogs;
using Rollcall.Gateway.Limiting;
using Rollcall.Gateway.Requests;
using Rollcall.Gateway.Statistics;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Sends a request that has found its route to an endpoint, and the answer back.</summary>
internal sealed class GatewayForwarder(IHttpForwarder forwarder, GatewayRoutes routes, TrafficClock clock, StripedRandom random, TimeProvider time)
{
    public async Task ForwardAsync(HttpContext context)
    {
        // Put there when the route was made; nothing else ends here.
        var route = context.GetEndpoint()!.Metadata.GetMetadata<RunningRoute>()!;
        var start = clock.Now;
        if (RequestBody.IsTooLong(context, route.Config.MaxBodyBytes))
        {
            await Failures.WriteAsync(context, 413, "body-too-large", "The body is too large", $"Route '{route.Name}' takes no body of that length.");
            return;
        }

        if (Admission.WaitOf(context, route.State) is { } wait)
        {
            await Admission.RefuseRateAsync(context, route, wait);
            return;
        }

        if (routes.Current.Overload is not { } gate)
        {
            await EnterAsync(context, route, start);
            return;
        }

        if (!await Admission.EnterAsync(context, gate, route))
            return;

        try
        {
            await EnterAsync(context, route, start);
        }
        finally
        {
            gate.Leave();
        }
    }

    private Task EnterAsync(HttpContext context, RunningRoute route, long start)
    {
        if (route.State.Concurrency is not { } limit)
            return SendAsync(context, route, start);
        return limit.TryEnter() ? SendAndLeaveAsync(context, route, limit, start) : Admission.RefuseConcurrencyAsync(context, route);
    }

    private async Task SendAndLeaveAsync(HttpContext context, RunningRoute route, ConcurrencyLimit limit, long start)
    {
        try
        {
            await SendAsync(context, route, start);
        }
        finally
        {
            limit.Leave();
        }
    }

    private async Task SendAsync(HttpContext context, RunningRoute route, long start)
    {
        var affinity = route.Config.Affinity;
        var session = affinity?.Cookie is { } cookie ? new Session(context, cookie, route.State.Sessions) : null;
        var version = Choose(context, route, session);
        var split = route.Splits[version];
        var statistics = route.State.Versions[version];
        var exchange = new Exchange(split.Cluster, time)
        {
            Version = split.Config.Version,
            Session = session,
            Mirror = route.Mirror is { } mirror && mirror.Draws(random.Next()) ? mirror : null,
            Key = affinity?.Key is { } by ? RequestKey.TextOf(by, context) : null,
            Answered = routes.Current.Config.CorrelationHeader,
        };
        var error = ForwarderError.None;
        statistics.Begin();
        try
        {
            error = await ForwardAsync(context, route, split, exchange);
            if (error != ForwarderError.None && !context.Response.HasStarted)
                await Failures.AnswerAsync(context, route, split, error, exchange.Tries);
        }
        finally
        {
            statistics.End();
            Count(context, route, split, statistics, exchange, error, start);
        }
    }

    private async ValueTask<ForwarderError> ForwardAsync(HttpContext context, RunningRoute route, RunningSplit split, Exchange exchange)
    {
        var transformer = context.GetReverseProxyFeature().Route.Transformer;
        if (route.Timeout is not { } timeout)
            return await forwarder.SendAsync(context, ClusterClient.Prefix, exchange, split.RequestConfig, transformer);
        using var enough = new CancellationTokenSource(timeout, time);
        return await forwarder.SendAsync(context, ClusterClient.Prefix, exchange, split.RequestConfig, transformer, enough.Token);
    }

    private int Choose(HttpContext context, RunningRoute route, Session? session)
    {
        if (route.Splits.Length == 1)
            return 0;
        var table = route.State.Split.Table;
        if (table.Only >= 0)
            return table.Only;
        if (session?.Cookie is { } cookie && route.FindVersion(cookie.Version) is var same and >= 0 && table.IsUsed(same))
            return same;
        return route.Config.StickyBy is { } by && RequestKey.TryGet(by, context, out var key) ? table.ByKey(key) : table.ByChance(random.Next());
    }

    private void Count(HttpContext context, RunningRoute route, RunningSplit split, TrafficStatistics statistics, Exchange exchange, ForwarderError error, long start)
    {
        var status = context.Response.StatusCode;
        var isCancelled = error != ForwarderError.None && context.RequestAborted.IsCancellationRequested;

        // An upgraded connection may end in any way.
        var isFailed = !isCancelled && (status >= 500 || (error != ForwarderError.None && status is < 400 and not StatusCodes.Status101SwitchingProtocols));
        TimeSpan? latency = exchange.AnsweredAt == 0 ? null : clock.Between(start, exchange.AnsweredAt);
        var end = new RequestEnd(status, exchange.Tries, latency, isFailed, isCancelled);
        var now = clock.Now;
        var second = clock.SecondOf(now);
        statistics.Count(end, second);
        split.Durations.Answered(status, clock.Between(start, now));
        split.Cluster.Count(exchange, end, second);
        if (context.Features.Get<AccessRecord>() is { } record)
            Note(record, route, split, exchange, end);
    }

    private static void Note(AccessRecord record, RunningRoute route, RunningSplit split, Exchange exchange, in RequestEnd end)
    {
        record.Route = route.Name;
        record.Version = split.Config.Version;
        record.Instance = exchange.Endpoint?.Id;
        record.Tries = end.Tries;
        record.Latency = end.Latency;
        record.IsCancelled = end.IsCancelled;
    }
}
