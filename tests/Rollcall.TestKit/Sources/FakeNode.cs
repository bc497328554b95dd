using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.Api;

namespace Rollcall.TestKit.Sources;

/// <summary>How a <see cref="FakeNode"/> behaves.</summary>
public enum FakeNodeMode
{
    /// <summary>As docs/http-api.md says.</summary>
    Healthy,

    /// <summary>Every connection is reset, those that wait included.</summary>
    Reset,

    /// <summary>Takes connections and requests and never answers, as a stopped process does.</summary>
    Frozen,

    /// <summary>Answers 503 with a problem.</summary>
    Busy,

    /// <summary>Answers blocking queries at once, changed or not, as a proxy with a cache might.</summary>
    Hasty,

    /// <summary>Answers 200 with something that is no answer of a node.</summary>
    Garbage,
}

/// <summary>A node that speaks the read side of the HTTP API over real sockets, and misbehaves on command.</summary>
public sealed class FakeNode : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, ServiceDocument> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _applied = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<string, string> _findings = new(StringComparer.Ordinal);
    private CancellationTokenSource _changed = new();
    private FakeNodeMode _mode;
    private string _epoch = "epoch-1";
    private long _revision;
    private int _connections;

    private FakeNode(WebApplication app, TimeProvider time)
    {
        _app = app;
        _time = time;
    }

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Connections that are open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Path and query of every request so far.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>What was last reported of each service; empty once it was taken back.</summary>
    public IReadOnlyDictionary<string, string> Findings => _findings;

    /// <summary>The revision each watcher has named as applied.</summary>
    public IReadOnlyDictionary<string, long> Applied => _applied;

    /// <summary>Starts one on a free port of the loopback. <paramref name="time"/> measures the wait of blocking queries.</summary>
    public static async Task<FakeNode> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        FakeNode? node = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => connection => node!.ConnectAsync(connection, next))));
        var app = builder.Build();
        node = new FakeNode(app, time);
        app.Run(node.AnswerAsync);
        await app.StartAsync();
        return node;
    }

    /// <summary>The service now has exactly these endpoints; the revision it became.</summary>
    public long Set(string service, params IEnumerable<Endpoint> endpoints)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            var instances = endpoints.Select(ToDocument).OrderBy(static instance => instance.Id, StringComparer.Ordinal).ToArray();
            _services[service] = new ServiceDocument { Service = service, Revision = ++_revision, Epoch = _epoch, Instances = instances };
            Wake();
            return _revision;
        }
    }

    /// <summary>The node has lost its data: a new epoch, revisions begin again.</summary>
    public void LoseData()
    {
        lock (_gate)
        {
            _epoch = "epoch-" + Guid.NewGuid().ToString("N");
            _revision = 0;
            _services.Clear();
            Wake();
        }
    }

    public void Behave(FakeNodeMode mode)
    {
        lock (_gate)
        {
            _mode = mode;
            Wake();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Behave(FakeNodeMode.Reset);
        await _app.DisposeAsync();
        _changed.Dispose();
    }

    private static InstanceDocument ToDocument(Endpoint endpoint) => new()
    {
        Id = endpoint.Id,
        Address = endpoint.Host,
        Ports = endpoint.Ports,
        State = StateText.Format(endpoint.State),
        Reason = endpoint.Reason,
        Weight = endpoint.Weight,
        Zone = endpoint.Zone,
        Node = endpoint.Node,
        Metadata = endpoint.Metadata.Count > 0 ? endpoint.Metadata : null,
        Since = endpoint.Since ?? DateTimeOffset.UnixEpoch,
        Revision = 1,
    };

    private void Wake()
    {
        var changed = _changed;
        _changed = new CancellationTokenSource();
        // Callbacks run elsewhere: this is called under the lock.
        _ = changed.CancelAsync();
    }

    private async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            if (_mode == FakeNodeMode.Reset)
                connection.Abort();
            else
                await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue(context.Request.Path + context.Request.QueryString);
        var service = context.Request.Path.Value!["/api/services/".Length..];
        _findings[service] = context.Request.Headers[ApiNames.FindingsHeader].ToString();
        var query = context.Request.Query;
        long? index = long.TryParse(query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (index is not null && context.Request.Headers[ApiNames.WatcherHeader] is [{ } watcher])
            _applied[watcher] = index.Value;
        if (!DurationText.TryParse(query["wait"].FirstOrDefault() ?? "30s", out var wait))
        {
            await ProblemAsync(context, 400, "invalid-request", "wait is no duration");
            return;
        }

        using var waited = new CancellationTokenSource(wait, _time);

        while (true)
        {
            FakeNodeMode mode;
            ServiceDocument? found;
            bool due;
            CancellationToken changed;
            lock (_gate)
            {
                mode = _mode;
                changed = _changed.Token;
                found = _services.GetValueOrDefault(service)
                    ?? (index is null ? null : new ServiceDocument { Service = service, Revision = 0, Epoch = _epoch, Instances = [] });
                due = index is null || wait == TimeSpan.Zero || found!.Revision > index || index > _revision
                    || (query["epoch"] is [{ } epoch] && !string.Equals(epoch, _epoch, StringComparison.Ordinal));
            }

            switch (mode)
            {
                case FakeNodeMode.Reset:
                    context.Abort();
                    return;
                case FakeNodeMode.Busy:
                    await ProblemAsync(context, 503, "busy", "the fake node was told to be busy");
                    return;
                case FakeNodeMode.Garbage:
                    await context.Response.WriteAsync("<html>It works!</html>");
                    return;
                case FakeNodeMode.Hasty:
                    await WriteAsync(context, found!);
                    return;
                case FakeNodeMode.Healthy when found is null:
                    await ProblemAsync(context, 404, "service-not-found", $"There is no service '{service}'.");
                    return;
                case FakeNodeMode.Healthy when due || waited.IsCancellationRequested:
                    await WriteAsync(context, Filter(found!, query));
                    return;
            }

            using var wake = CancellationTokenSource.CreateLinkedTokenSource(
                changed, context.RequestAborted, mode == FakeNodeMode.Frozen ? CancellationToken.None : waited.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, wake.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (context.RequestAborted.IsCancellationRequested)
                return;
        }
    }

    private static ServiceDocument Filter(ServiceDocument service, IQueryCollection query) => service with
    {
        Instances = [.. service.Instances.Where(instance =>
            (query["zone"] is not [{ } zone] || string.Equals(zone, instance.Zone, StringComparison.Ordinal))
            && query.Where(static pair => pair.Key.StartsWith("meta.", StringComparison.Ordinal)).All(pair =>
                instance.Metadata?.TryGetValue(pair.Key["meta.".Length..], out var value) == true && string.Equals(value, pair.Value, StringComparison.Ordinal)))],
    };

    private static async Task WriteAsync(HttpContext context, ServiceDocument service)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers[ApiNames.RevisionHeader] = service.Revision.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[ApiNames.EpochHeader] = service.Epoch;
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(service, ApiJson.Default.ServiceDocument));
    }

    private static async Task ProblemAsync(HttpContext context, int status, string type, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        var problem = new ProblemDocument { Type = ApiNames.ProblemPrefix + type, Title = type, Status = status, Detail = detail };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.ProblemDocument));
    }
}
