using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rollcall.Api;

/// <summary>
/// A typed client of a node's HTTP API. Every method throws <see cref="NodeException"/> when the node refuses or cannot be reached,
/// and <see cref="ArgumentException"/> for a name that no request could carry. Thread-safe; does not own the <see cref="HttpClient"/>,
/// whose base address names the node.
/// </summary>
/// <example><code>
/// using var http = NodeClient.CreateHttpClient(NodeUrl.FromEnvironment());
/// var orders = await new NodeClient(http).GetServiceAsync("orders");
/// </code></example>
/// <param name="http">Made by <see cref="CreateHttpClient"/>, or any with a base address and a generous timeout.</param>
/// <param name="time">The clock of timeouts. Default: the system's.</param>
/// <param name="timeout">How long the node may take to answer, on top of what it was asked to wait. Default 10 s.</param>
public sealed class NodeClient(HttpClient http, TimeProvider? time = null, TimeSpan? timeout = null)
{
    /// <summary>The largest answer accepted by a client of <see cref="CreateHttpClient"/>, in bytes.</summary>
    public const int MaxAnswerBytes = 128 * 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(10);

    /// <summary>The node's address.</summary>
    public Uri Node => http.BaseAddress ?? throw new InvalidOperationException("The HttpClient has no base address; set it to the node's URL.");

    /// <summary>
    /// A client fit for a node: no proxy, 3 s to connect, connections renewed every 2 minutes so that a moved name is noticed,
    /// answers of at most <see cref="MaxAnswerBytes"/>, and no timeout of its own, because blocking queries take their time.
    /// </summary>
    public static HttpClient CreateHttpClient(Uri node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        return new HttpClient(handler, disposeHandler: true)
        {
            BaseAddress = NodeUrl.Parse(node.AbsoluteUri),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    /// <summary>Registers or replaces an instance; doing it twice is the same as once.</summary>
    /// <param name="service">The service.</param>
    /// <param name="id">Identity inside the service.</param>
    /// <param name="registration">Address, ports, lease and the rest.</param>
    /// <param name="owner">The secret needed to change it later; null when anyone may.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public Task<WriteDocument> RegisterAsync(
        string service, string id, RegistrationDocument registration, string? owner = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var request = Request(HttpMethod.Put, InstancePath(service, id), owner);
        SetBody(request, registration, ApiJson.Default.RegistrationDocument);
        return SendAsync(request, $"register {service}/{id}", _timeout, ApiJson.Default.WriteDocument, cancellationToken);
    }

    /// <summary>Removes an instance.</summary>
    public Task<WriteDocument> DeregisterAsync(string service, string id, string? owner = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            Request(HttpMethod.Delete, InstancePath(service, id), owner),
            $"deregister {service}/{id}", _timeout, ApiJson.Default.WriteDocument, cancellationToken);

    /// <summary>Renews many leases at once; one result per lease, in the same order.</summary>
    public Task<RenewResponseDocument> RenewAsync(
        IReadOnlyList<LeaseKeyDocument> leases, string? owner = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(leases);
        var request = Request(HttpMethod.Post, "api/renew", owner);
        SetBody(request, new RenewRequestDocument { Leases = leases }, ApiJson.Default.RenewRequestDocument);
        var action = leases.Count == 1 ? $"renew {leases[0].Service}/{leases[0].Id}" : $"renew {leases.Count} leases";
        return SendAsync(request, action, _timeout, ApiJson.Default.RenewResponseDocument, cancellationToken);
    }

    /// <summary>Says whether an instance is ready; also renews its lease. Ready ends a drain.</summary>
    /// <param name="service">The service.</param>
    /// <param name="id">The instance.</param>
    /// <param name="state"><see cref="EndpointState.Ready"/> or <see cref="EndpointState.NotReady"/>.</param>
    /// <param name="reason">Why, for people; at most 256 characters.</param>
    /// <param name="owner">The instance's secret.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public Task<WriteDocument> SetStatusAsync(
        string service, string id, EndpointState state, string? reason = null, string? owner = null, CancellationToken cancellationToken = default)
    {
        var request = Request(HttpMethod.Put, InstancePath(service, id) + "/status", owner);
        SetBody(request, new StatusDocument { State = StateText.Format(state), Reason = reason }, ApiJson.Default.StatusDocument);
        return SendAsync(request, $"set the status of {service}/{id}", _timeout, ApiJson.Default.WriteDocument, cancellationToken);
    }

    /// <summary>Drains an instance; answers when every live watcher has applied that, or names those who have not.</summary>
    /// <param name="service">The service.</param>
    /// <param name="id">The instance.</param>
    /// <param name="wait">How long the node may wait for watchers, 0 s to 10 min. Null: 30 s.</param>
    /// <param name="owner">The instance's secret.</param>
    /// <param name="force">Why it is to be drained even if too few instances of the service stay ready; null to be refused then.</param>
    /// <param name="cancellationToken">Ends the request at once; the instance stays draining.</param>
    public Task<DrainDocument> DrainAsync(
        string service, string id, TimeSpan? wait = null, string? owner = null, string? force = null, CancellationToken cancellationToken = default)
    {
        var limit = wait ?? DefaultWait;
        var why = force is null ? "" : $"&force={Uri.EscapeDataString(force)}";
        var request = Request(HttpMethod.Post, $"{InstancePath(service, id)}/drain?timeout={DurationText.Format(limit)}{why}", owner);
        return SendAsync(request, $"drain {service}/{id}", limit + _timeout, ApiJson.Default.DrainDocument, cancellationToken);
    }

    /// <summary>All services with their counts.</summary>
    public Task<ServiceListDocument> ListServicesAsync(CancellationToken cancellationToken = default) =>
        SendAsync(Request(HttpMethod.Get, "api/services"), "list the services", _timeout, ApiJson.Default.ServiceListDocument, cancellationToken);

    /// <summary>One service, at once or as a blocking query.</summary>
    public Task<ServiceDocument> GetServiceAsync(string service, ServiceQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new ServiceQuery();
        var request = Request(HttpMethod.Get, ServicePath(service) + query.ToQueryString());
        AddHeader(request, ApiNames.WatcherHeader, query.Watcher);
        AddHeader(request, ApiNames.FindingsHeader, FindingText.Format(query.Findings ?? []));
        // A blocking query may take a sixteenth longer than asked: the node's jitter.
        var wait = query.Index is null ? TimeSpan.Zero : (query.Wait ?? DefaultWait) * 17 / 16;
        return SendAsync(request, $"ask for the service {service}", wait + _timeout, ApiJson.Default.ServiceDocument, cancellationToken);
    }

    /// <summary>Who watches a service and the revision each has applied.</summary>
    public Task<WatchersDocument> GetWatchersAsync(string service, CancellationToken cancellationToken = default) =>
        SendAsync(
            Request(HttpMethod.Get, ServicePath(service) + "/watchers"),
            $"ask who watches {service}", _timeout, ApiJson.Default.WatchersDocument, cancellationToken);

    /// <summary>Which instances of a service callers avoid, and why.</summary>
    public Task<FindingsDocument> GetFindingsAsync(string service, CancellationToken cancellationToken = default) =>
        SendAsync(
            Request(HttpMethod.Get, ServicePath(service) + "/findings"),
            $"ask what callers found of {service}", _timeout, ApiJson.Default.FindingsDocument, cancellationToken);

    /// <summary>What happened, oldest first.</summary>
    /// <param name="service">Only this service; null for all.</param>
    /// <param name="since">ISO 8601, or a duration ago such as <c>10m</c>. Null: <c>1h</c>.</param>
    /// <param name="limit">The newest so many, 1 to 10,000. Null: 1,000.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public Task<HistoryDocument> GetHistoryAsync(
        string? service = null, string? since = null, int? limit = null, CancellationToken cancellationToken = default)
    {
        var query = new StringBuilder();
        ServiceQuery.Append(query, "service", service);
        ServiceQuery.Append(query, "since", since);
        ServiceQuery.Append(query, "limit", limit?.ToString(CultureInfo.InvariantCulture));
        return SendAsync(Request(HttpMethod.Get, "api/history" + query), "ask for the history", _timeout, ApiJson.Default.HistoryDocument, cancellationToken);
    }

    /// <summary>State of the node.</summary>
    public Task<StatusReportDocument> GetStatusAsync(CancellationToken cancellationToken = default) =>
        SendAsync(Request(HttpMethod.Get, "api/status"), "ask for the status", _timeout, ApiJson.Default.StatusReportDocument, cancellationToken);

    /// <summary>The gateway that runs beside the node.</summary>
    public Task<GatewayDocument> GetGatewayAsync(CancellationToken cancellationToken = default) =>
        SendAsync(Request(HttpMethod.Get, "api/gateway"), "ask for the gateway", _timeout, ApiJson.Default.GatewayDocument, cancellationToken);

    /// <summary>Gives versions of a gateway's route another share of its requests.</summary>
    /// <param name="route">The route.</param>
    /// <param name="shares">Shares by version, such as <c>10%</c>; versions that are not named keep what remains, in proportion.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public Task<GatewayRouteDocument> ShiftAsync(string route, IReadOnlyDictionary<string, string> shares, CancellationToken cancellationToken = default)
    {
        var request = Request(HttpMethod.Post, ShiftPath(route));
        SetBody(request, new GatewayShiftDocument { Shares = shares }, ApiJson.Default.GatewayShiftDocument);
        return SendAsync(request, $"shift the route {route}", _timeout, ApiJson.Default.GatewayRouteDocument, cancellationToken);
    }

    /// <summary>Shares the requests of a gateway's route out as its file says.</summary>
    public Task<GatewayRouteDocument> ResetShiftAsync(string route, CancellationToken cancellationToken = default) =>
        SendAsync(Request(HttpMethod.Delete, ShiftPath(route)), $"shift the route {route} back", _timeout, ApiJson.Default.GatewayRouteDocument, cancellationToken);

    private static string ShiftPath(string route) => $"api/gateway/routes/{Segment(route, nameof(route))}/shift";

    private static string ServicePath(string service) => "api/services/" + Segment(service, nameof(service));

    private static string InstancePath(string service, string id) => $"{ServicePath(service)}/instances/{Segment(id, nameof(id))}";

    // Dots alone would be taken for a step up in the path, even when escaped (RFC 3986 section 5.2.4), and reach another route.
    private static string Segment(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        return name is "." or ".."
            ? throw new ArgumentException($"'{name}' is no name. Names are lower-case letters, digits and hyphens, such as orders-1.", parameter)
            : Uri.EscapeDataString(name);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? owner = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Node, path));
        AddHeader(request, ApiNames.OwnerHeader, owner);
        return request;
    }

    private static void AddHeader(HttpRequestMessage request, string name, string? value)
    {
        if (value is null)
            return;
        if (value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"The value for the header {name} must be printable ASCII and not empty.", nameof(value));
        request.Headers.TryAddWithoutValidation(name, value);
    }

    private static void SetBody<T>(HttpRequestMessage request, T body, JsonTypeInfo<T> type) =>
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = Json } };

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, string action, TimeSpan limit, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using (request)
        {
            try
            {
                using var response = await http.SendAsync(request, either.Token);
                var body = await response.Content.ReadAsByteArrayAsync(either.Token);
                return Read(response, body, action, type);
            }
            catch (HttpRequestException error)
            {
                throw NodeFailure.Unreachable(Node, action, error);
            }
            catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
            {
                throw NodeFailure.TimedOut(Node, action, deadline.IsCancellationRequested ? limit : null, error);
            }
            catch (OperationCanceledException error)
            {
                throw new OperationCanceledException(error.Message, error, cancellationToken);
            }
        }
    }

    private T Read<T>(HttpResponseMessage response, byte[] body, string action, JsonTypeInfo<T> type)
    {
        if (!response.IsSuccessStatusCode)
            throw NodeFailure.Refused(Node, action, response, body);
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw NodeFailure.NotUnderstood(Node, action, (int)response.StatusCode, null);
        }
        catch (JsonException error)
        {
            throw NodeFailure.NotUnderstood(Node, action, (int)response.StatusCode, error);
        }
    }
}
