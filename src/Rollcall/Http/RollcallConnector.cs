using System.Net;
using System.Net.Sockets;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>
/// Connects by the names of services, for those who bring their own HTTP handler and keep the name as host, such as SignalR:
/// <c>new SocketsHttpHandler { ConnectCallback = connector.ConnectAsync }</c>. Each connection goes to an endpoint that the policy picks, or the next one that can be reached; what
/// cannot is avoided by the whole process. Balances connections, not requests: where it can be, use <c>UseRollcall()</c>. From the container. Thread-safe.
/// </summary>
public sealed class RollcallConnector
{
    private readonly ClientContext _context;
    private readonly BalancingSettings _settings;
    private readonly TimeSpan _timeout;

    internal RollcallConnector(ClientContext context, RollcallClientOptions options)
    {
        _context = context;
        _settings = BalancingSettings.Of(options);
        _timeout = options.ConnectTimeout;
    }

    /// <summary>Connects for a request; to its host as it is when that names no service.</summary>
    /// <param name="context">What the handler says of the connection.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The connection, not encrypted; the handler does that, by the name of the service.</returns>
    /// <exception cref="HttpRequestException">No endpoint could be reached; the message names every one.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var uri = context.InitialRequestMessage.RequestUri;

        // By way of a proxy, the connection is not to the host of the request.
        var route = uri is not null && string.Equals(uri.IdnHost, host, StringComparison.OrdinalIgnoreCase) ? _context.Router.Find(uri, _settings) : null;
        if (route is null)
            return new NetworkStream(await ConnectAsync(host, port, cancellationToken).ConfigureAwait(false), ownsSocket: true);
        try
        {
            return await ConnectAsync(route, await route.GetAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (DiscoveryException error)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{route} could not be connected to through {route.Target}. {error.Message}", error);
        }
    }

    private async Task<Stream> ConnectAsync(ServiceRoute route, Selection<Destination> table, CancellationToken cancellationToken)
    {
        if (table.Problem is not null)
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{route} could not be connected to: {table.Problem}.");
        var failed = new FailedTries();
        var tried = new TriedEndpoints();
        while (failed.Unsent < RequestRun.MaxUnsent && table.Pick(PickContext.None with { Turn = failed.Unsent }, failed.IsEmpty ? null : tried) is { } destination)
        {
            var address = new Uri(destination.Authority);
            var started = _context.Time.GetTimestamp();
            destination.Endpoint.Begin();
            try
            {
                var socket = await ConnectInTimeAsync(address, cancellationToken).ConfigureAwait(false);
                route.Health.Connected(destination.Endpoint, _context.Time.GetElapsedTime(started));
                return new CountedStream(socket, destination.Endpoint);
            }
            catch (Exception error) when (error is SocketException or TimeoutException)
            {
                var outcome = new RequestOutcome(OutcomeKind.Unreachable, _context.Time.GetElapsedTime(started));
                new TryReport(route.Health, _context.Metrics, null, destination.Endpoint, outcome).End();
                _context.Metrics.Tried(TryOutcome.Unreachable);
                route.Refresh();
                tried.Add(destination.Endpoint);
                failed.Add(destination, new TryResult(TryOutcome.Unreachable, error));
            }
            catch
            {
                destination.Endpoint.End();
                throw;
            }
        }

        throw failed.ToException($"Connecting to {route}", null);
    }

    private async Task<Socket> ConnectInTimeAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_timeout, _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await ConnectAsync(address.IdnHost, address.Port, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No connection within {DurationText.Format(_timeout)} (ConnectTimeout).", error);
        }
    }

    private static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(host.Trim('[', ']'), port), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connection that counts as in flight for as long as it is open.</summary>
    private sealed class CountedStream(Socket socket, BalancedEndpoint endpoint) : NetworkStream(socket, ownsSocket: true)
    {
        private BalancedEndpoint? _endpoint = endpoint;

        protected override void Dispose(bool disposing)
        {
            Interlocked.Exchange(ref _endpoint, null)?.End();
            base.Dispose(disposing);
        }
    }
}
