using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rollcall.Balancing;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>
/// Sends requests whose host names a service to one of its endpoints: <c>http://orders/…</c>, <c>https+http://orders/…</c> (encrypted where that is offered),
/// <c>http://_admin.orders/…</c> (a named port). Requests to any other host pass through untouched. A request that could not be sent is tried on another
/// endpoint; an idempotent one also after a lost connection, or when its endpoint has gone silent.
/// </summary>
/// <remarks>
/// The URI is rewritten, so that the <c>Host</c> header is the endpoint's address unless the request sets its own. Watches, and all that is learned of endpoints,
/// belong to the process and not to the handler, which may be made and disposed of at any rate. Added by <c>UseRollcall()</c>.
/// </remarks>
public sealed partial class RollcallHandler : DelegatingHandler
{
    private static readonly UriCreationOptions KeepPath = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly BalancingSettings _settings;
    private readonly ServiceRoute? _onlyRoute;
    private readonly ResilienceSettings _resilience;
    private readonly Affinity? _affinity;
    private readonly Func<ResilienceSettings, ServiceRoute, ServiceResilience> _makeResilience;

    internal RollcallHandler(ClientContext context, RollcallClientOptions options)
        : this(context, options, onlyRoute: null)
    {
    }

    /// <summary>A handler that sends every request, whatever its host, by one route, which stays the caller's to dispose of.</summary>
    internal RollcallHandler(ClientContext context, RollcallClientOptions options, ServiceRoute? onlyRoute)
    {
        Context = context;
        _onlyRoute = onlyRoute;
        Options = options;
        _settings = BalancingSettings.Of(options);
        _resilience = context.Share(options.ToResilience());
        _affinity = Affinity.Parse(options.AffinityKey);
        _makeResilience = MakeResilience;
    }

    internal ClientContext Context { get; }

    internal RollcallClientOptions Options { get; }

    /// <summary>Tells errors that come from whoever wrote the request's body, and so say nothing of the endpoint. Null: none does.</summary>
    internal Func<Exception, bool>? IsOfTheCaller { get; init; }

    /// <summary>Not supported for services, because to find one may mean to wait: use <see cref="HttpClient.SendAsync(HttpRequestMessage)"/>.</summary>
    /// <exception cref="NotSupportedException">The host names a service.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (_onlyRoute ?? Context.Router.Find(request.RequestUri, _settings)) is { } route
            ? throw new NotSupportedException($"{route} names a service; services can be called only asynchronously. Use SendAsync instead of Send.")
            : base.Send(request, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (_onlyRoute ?? Context.Router.Find(request.RequestUri, _settings)) is not { } route ? base.SendAsync(request, cancellationToken)
            : Options.TotalTimeout > TimeSpan.Zero ? SendInTimeAsync(route, request, cancellationToken)
            : SendAsync(route, request, cancellationToken, caller: cancellationToken);
    }

    private async Task<HttpResponseMessage> SendInTimeAsync(ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.TotalTimeout, Context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await SendAsync(route, request, both.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // As HttpClient says it when its own timeout has passed, so that callers need not know whose it was.
            var text = $"{request.Method} {route} had no answer within {DurationText.Format(Options.TotalTimeout)} (TotalTimeout), all tries together.";
            throw new TaskCanceledException(text, new TimeoutException(text, error), limit.Token);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken, CancellationToken caller)
    {
        var table = route.Current ?? await FirstAsync(route, request, cancellationToken).ConfigureAwait(false);
        var service = route.Resilience(_resilience, _makeResilience);
        service.Budget.Requested();
        var mayRepeat = !RollcallRequest.IsOnce(request)
            && Replay.IsIdempotent(request.Method)
            && (Replay.CanSendAgain(request.Content)
                || (Options.MaxReplayBytes > 0 && await Replay.LoadAsync(request.Content!, Options.MaxReplayBytes, cancellationToken).ConfigureAwait(false)));
        var affinity = PickContext.ForKey(RollcallRequest.KeyOf(request) ?? _affinity?.KeyOf(request));
        if (!service.IsIdle || table.Problem is not null)
            return await new RequestRun(this, route, service, table, request, affinity, mayRepeat).SendAsync(cancellationToken, caller).ConfigureAwait(false);

        // As a rule one try is all it takes. Its first pick always finds somebody.
        var original = request.RequestUri!;
        var destination = (RollcallRequest.SessionOf(request) is { } session ? Destination.Find(table, session) : null) ?? table.Pick(affinity, null)!;
        destination.Endpoint.Begin();
        TryResult result;
        try
        {
            request.RequestUri = Rewrite(original, destination.Authority);

            // Where there is nothing left to try, waiting is all that is left.
            var mayGiveUp = mayRepeat && Options.MaxAttempts > 1 && table.HasAllowed(destination.Endpoint, null);
            result = await TryAsync(route, service, request, destination.Endpoint, mayGiveUp, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.RequestUri = original;
        }

        if (result.Response is { } response && !Attempt.IsError(response))
        {
            service.Breaker?.Report(succeeded: true);
            return response;
        }

        var run = new RequestRun(this, route, service, table, request, affinity, mayRepeat);
        run.Begin(destination, result);
        return await run.SendAsync(cancellationToken, caller).ConfigureAwait(false);
    }

    /// <summary>Sends a request to an endpoint that was told of its begin, and tells it of its end.</summary>
    // Pooled, because it runs once per request and is awaited once.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<TryResult> TryAsync(
        ServiceRoute route, ServiceResilience service, HttpRequestMessage request, BalancedEndpoint endpoint, bool mayGiveUp, CancellationToken cancellationToken)
    {
        RollcallRequest.TraceOf(request)?.Begin(endpoint.Endpoint);
        var sent = request.RequestUri;
        var timer = Context.Timers.Rent();
        try
        {
            var token = timer.Start(route.Health, endpoint, Options.PerTryTimeout, mayGiveUp ? service.Budget : null, cancellationToken);
            var response = await base.SendAsync(request, token).ConfigureAwait(false);
            route.Health.Answered(endpoint);
            var latency = timer.Elapsed;
            EndWithBody(request, response, new TryReport(route.Health, Context.Metrics, service.Gate, endpoint, ResponseOutcome.Of(response, latency, Context.Time)));
            Context.Metrics.Tried(TryOutcome.Answered);
            return new TryResult(response);
        }
        catch (Exception error)
        {
            var isCancelled = cancellationToken.IsCancellationRequested || IsOfTheCaller?.Invoke(error) == true;
            var outcome = Replay.Classify(error, timer.HasFired, isCancelled);

            // The handler below has followed a redirect: the endpoint has answered, and who failed is another.
            if (!ReferenceEquals(request.RequestUri, sent) && outcome is TryOutcome.Unreachable or TryOutcome.Reset)
                outcome = TryOutcome.Failed;
            new TryReport(route.Health, Context.Metrics, service.Gate, endpoint, ResponseOutcome.Of(outcome, error, timer.Elapsed)).End();
            Context.Metrics.Tried(outcome);
            return new TryResult(outcome, error);
        }
        finally
        {
            // A content that is still being sent, which HTTP/2 allows, may hold the token.
            Context.Timers.Return(timer, timer.Stop() && (!mayGiveUp || request.Content is null));
        }
    }

    /// <summary>Which of the endpoints has given the answer.</summary>
    internal static void Trace(HttpRequestMessage request, Destination destination) => RollcallRequest.TraceOf(request)?.End(destination.Endpoint.Endpoint);

    /// <summary>Tells that a request is tried once more.</summary>
    internal void Retrying(ServiceRoute route, HttpRequestMessage request, Attempt after)
    {
        Context.Metrics.Retried(after.Result.Outcome);
        if (Context.Logger.IsEnabled(LogLevel.Debug))
            Log.Retrying(Context.Logger, request.Method, route, after.Destination!, after.Result.Outcome, after.Result.Error?.SourceException.Message ?? $"Status {after.Result.Response?.StatusCode:d}.");
    }

    private async Task<Selection<Destination>> FirstAsync(ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await route.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DiscoveryException error)
        {
            Context.Metrics.WithoutEndpoint();
            throw new HttpRequestException(
                HttpRequestError.NameResolutionError, $"{request.Method} {route} could not be sent to '{route.Service}' ({route.Target}). {error.Message}", error);
        }
    }

    internal HttpRequestException WithoutEndpoint(ServiceRoute route, HttpRequestMessage request, Selection<Destination> table)
    {
        Context.Metrics.WithoutEndpoint();
        Log.WithoutEndpoint(Context.Logger, request.Method, route, table.Problem!);
        var set = table.Set;
        return new HttpRequestException(
            HttpRequestError.NameResolutionError,
            $"{request.Method} {route} could not be sent: {table.Problem}. '{route.Service}' is found through {route.Target}, which has {set.Endpoints.Length} endpoints "
            + $"({set.Freshness}, as of {set.ObservedAt:u}). {Advice(route.Target)}");
    }

    private ServiceResilience MakeResilience(ResilienceSettings settings, ServiceRoute route) => new(settings, Context.Time, state =>
    {
        Context.Metrics.BreakerChanged(state);
        if (state == BreakerState.Open)
            Log.BreakerOpened(Context.Logger, route, settings.BreakerWindow, settings.BreakerPause);
        else if (state == BreakerState.Closed)
            Log.BreakerClosed(Context.Logger, route);
    });

    // The command line does not know what an application's configuration says.
    private static string Advice(ServiceTarget target) => target.Scheme == "configuration"
        ? "See the section Services of the configuration."
        : $"See what it has with: rollcall resolve {target}";

    // As the caller has written it where the scheme was HTTP already; a composite scheme's path has not been through HTTP's own rules yet.
    internal static Uri Rewrite(Uri original, string authority)
    {
        var text = string.Concat(authority, original.PathAndQuery);
        return original.Scheme == Uri.UriSchemeHttp || original.Scheme == Uri.UriSchemeHttps || original.Scheme == Uri.UriSchemeWs || original.Scheme == Uri.UriSchemeWss ? new Uri(text, KeepPath) : new Uri(text);
    }

    // A request counts as in flight, and has no outcome, until the end of the response's body; an upgraded connection until the other side closes it.
    private static void EndWithBody(HttpRequestMessage request, HttpResponseMessage response, in TryReport report)
    {
        var isEmpty = request.Method == HttpMethod.Head
            || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
            || (response.Content.Headers.ContentLength == 0 && response.StatusCode != HttpStatusCode.SwitchingProtocols);
        if (isEmpty)
            report.End();
        else
            response.Content = new TrackedContent(response.Content, report);
    }
}
