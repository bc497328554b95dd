using System.Net;
using System.Runtime.CompilerServices;
using Rollcall.Balancing;
using Rollcall.Health;

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
    // A body of this length comes with the head, or right behind it: seeing its end is not worth a stream of our own.
    private const long ShortBodyBytes = 64 * 1024;

    private static readonly UriCreationOptions KeepPath = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ClientContext _context;
    private readonly BalancingSettings _settings;
    private readonly ServiceRoute? _onlyRoute;

    internal RollcallHandler(ClientContext context, RollcallClientOptions options)
        : this(context, options, onlyRoute: null)
    {
    }

    /// <summary>A handler that sends every request, whatever its host, by one route, which stays the caller's to dispose of.</summary>
    internal RollcallHandler(ClientContext context, RollcallClientOptions options, ServiceRoute? onlyRoute)
    {
        _context = context;
        _onlyRoute = onlyRoute;
        Options = options;
        _settings = BalancingSettings.Of(options);
    }

    internal RollcallClientOptions Options { get; }

    /// <summary>Tells errors that come from whoever wrote the request's body, and so say nothing of the endpoint. Null: none does.</summary>
    internal Func<Exception, bool>? IsOfTheCaller { get; init; }

    /// <summary>Not supported for services, because to find one may mean to wait: use <see cref="HttpClient.SendAsync(HttpRequestMessage)"/>.</summary>
    /// <exception cref="NotSupportedException">The host names a service.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (_onlyRoute ?? _context.Router.Find(request.RequestUri, _settings)) is { } route
            ? throw new NotSupportedException($"{route} names a service; services can be called only asynchronously. Use SendAsync instead of Send.")
            : base.Send(request, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (_onlyRoute ?? _context.Router.Find(request.RequestUri, _settings)) is { } route
            ? SendAsync(route, request, cancellationToken)
            : base.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var original = request.RequestUri!;
        var mayRepeat = Replay.IsIdempotent(request.Method) && Replay.CanSendAgain(request.Content);
        var table = route.Current ?? await FirstAsync(route, request, cancellationToken).ConfigureAwait(false);
        var trace = RollcallRequest.TraceOf(request);
        FailedTries? failed = null;
        try
        {
            while (true)
            {
                if (Next(table, failed) is not { } destination)
                    throw failed?.ToException($"{request.Method} {route}") ?? WithoutEndpoint(route, request, table);

                // Where there is nothing left to try, waiting is all that is left.
                var mayGiveUp = mayRepeat && table.Count > 1 && (failed?.Sent ?? 0) + 1 < Options.MaxAttempts;
                request.RequestUri = Rewrite(original, destination.Authority);
                if (trace is not null)
                {
                    trace.Endpoint = destination.Endpoint.Endpoint;
                    trace.Tries++;
                }

                var result = await TryAsync(route.Health, request, destination.Endpoint, mayGiveUp, cancellationToken).ConfigureAwait(false);
                _context.Metrics.Tried(result.Outcome);
                if (result.Response is { } response)
                    return response;

                if (result.Outcome == TryOutcome.Unreachable)
                    route.Refresh();
                failed ??= new FailedTries();
                failed.Add(destination, result);
                if (!failed.AllowAnother(mayRepeat, Options.MaxAttempts))
                    throw failed.ToException($"{request.Method} {route}");
                _context.Metrics.Retried(result.Outcome);
                Log.Retrying(_context.Logger, request.Method, route, destination, result.Outcome, result.Error!.SourceException.Message);
                table = route.Current ?? table;
            }
        }
        finally
        {
            request.RequestUri = original;
        }
    }

    // Pooled, because it runs once per request and is awaited once.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TryResult> TryAsync(ServiceHealth health, HttpRequestMessage request, BalancedEndpoint endpoint, bool mayGiveUp, CancellationToken cancellationToken)
    {
        var timer = _context.Timers.Rent();
        endpoint.Begin();
        try
        {
            var token = timer.Start(health, endpoint, Options.PerTryTimeout, mayGiveUp, cancellationToken);
            var response = await base.SendAsync(request, token).ConfigureAwait(false);
            health.Answered(endpoint);
            EndWithBody(request, response, new TryReport(health, _context.Metrics, endpoint, ResponseOutcome.Of(response, timer.Elapsed, _context.Time)));
            return new TryResult(response);
        }
        catch (Exception error)
        {
            var isCancelled = cancellationToken.IsCancellationRequested || IsOfTheCaller?.Invoke(error) == true;
            var outcome = Replay.Classify(error, timer.HasFired, isCancelled);
            new TryReport(health, _context.Metrics, endpoint, ResponseOutcome.Of(outcome, error, timer.Elapsed)).End();
            return new TryResult(outcome, error);
        }
        finally
        {
            // A content that is still being sent, which HTTP/2 allows, may hold the token.
            _context.Timers.Return(timer, timer.Stop() && (!mayGiveUp || request.Content is null));
        }
    }

    private static Destination? Next(Selection<Destination> table, FailedTries? failed)
    {
        if (table.Problem is not null)
            return null;

        // When everyone was tried, asking once more helps after a lost connection, but not where there was nobody to connect to.
        return table.Pick(PickContext.None, failed?.Endpoints) ?? (failed!.LastOutcome == TryOutcome.Unreachable ? null : table.PickAny(PickContext.None));
    }

    private async Task<Selection<Destination>> FirstAsync(ServiceRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await route.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DiscoveryException error)
        {
            _context.Metrics.WithoutEndpoint();
            throw new HttpRequestException(
                HttpRequestError.NameResolutionError, $"{request.Method} {route} could not be sent to '{route.Service}' ({route.Target}). {error.Message}", error);
        }
    }

    private HttpRequestException WithoutEndpoint(ServiceRoute route, HttpRequestMessage request, Selection<Destination> table)
    {
        _context.Metrics.WithoutEndpoint();
        Log.WithoutEndpoint(_context.Logger, request.Method, route, table.Problem!);
        var set = table.Set;
        return new HttpRequestException(
            HttpRequestError.NameResolutionError,
            $"{request.Method} {route} could not be sent: {table.Problem}. '{route.Service}' is found through {route.Target}, which has {set.Endpoints.Length} endpoints "
            + $"({set.Freshness}, as of {set.ObservedAt:u}). {Advice(route.Target)}");
    }

    // The command line does not know what an application's configuration says.
    private static string Advice(ServiceTarget target) => target.Scheme == "configuration"
        ? "See the section Services of the configuration."
        : $"See what it has with: rollcall resolve {target}";

    // As the caller has written it where the scheme was HTTP already; a composite scheme's path has not been through HTTP's own rules yet.
    private static Uri Rewrite(Uri original, string authority)
    {
        var text = string.Concat(authority, original.PathAndQuery);
        return original.Scheme == Uri.UriSchemeHttp || original.Scheme == Uri.UriSchemeHttps ? new Uri(text, KeepPath) : new Uri(text);
    }

    // A request counts as in flight, and has no outcome, until the end of the response's body; an upgraded connection until the other side closes it.
    private static void EndWithBody(HttpRequestMessage request, HttpResponseMessage response, in TryReport report)
    {
        var isShort = request.Method == HttpMethod.Head || (response.Content.Headers.ContentLength <= ShortBodyBytes && response.StatusCode != HttpStatusCode.SwitchingProtocols);
        if (isShort)
            report.End();
        else
            response.Content = new TrackedContent(response.Content, report);
    }
}
