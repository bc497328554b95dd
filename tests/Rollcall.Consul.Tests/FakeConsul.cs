using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKit.Network;

namespace Rollcall.Consul.Tests;

/// <summary>
/// The part of a Consul agent that discovery uses, by its documentation (developer.hashicorp.com/consul/api-docs/health and …/features/blocking): one index that grows with
/// every write of the cluster; a service has that of its last change, one without instances that of the last service to lose all of its own; a query with an index waits
/// until that of the service is larger, or for <c>wait</c> (5 min unless named, 10 min at most) and up to a sixteenth more. ACLs filter answers rather than refuse them.
/// </summary>
internal sealed class FakeConsul : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Random _random = new(7);
    private readonly Dictionary<string, (ulong Index, JsonArray Entries)> _services = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebServer? _web;
    private ulong _index = 10;
    private ulong _lastExtinction = 10;

    private FakeConsul(TimeProvider time) => _time = time;

    public Uri Url => _web!.Url;

    public WebServer Web => _web!;

    /// <summary>The token that may read everything; null when anyone may.</summary>
    public string? Token { get; set; }

    /// <summary>Changes the answer's headers, as older and newer versions have them.</summary>
    public Action<IHeaderDictionary>? Headers { get; set; }

    /// <summary>Answers instead, when it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>The headers of the last request.</summary>
    public IHeaderDictionary? LastHeaders { get; private set; }

    public static async Task<FakeConsul> StartAsync(TimeProvider time, X509Certificate2? certificate = null)
    {
        var consul = new FakeConsul(time);
        consul._web = await WebServer.StartAsync(consul.AnswerAsync, certificate);
        return consul;
    }

    /// <summary>One instance as Consul answers it.</summary>
    public static JsonObject Entry(string node, string id, string address, int port, string status = "passing") => new()
    {
        ["Node"] = new JsonObject { ["ID"] = "40e4a748", ["Node"] = node, ["Address"] = "10.1.0.1", ["Datacenter"] = "dc1", ["TaggedAddresses"] = new JsonObject { ["lan"] = "10.1.0.1", ["wan"] = "198.18.0.1" }, ["Meta"] = new JsonObject { ["zone"] = "rack-1" } },
        ["Service"] = new JsonObject
        {
            ["ID"] = id,
            ["Service"] = "orders",
            ["Tags"] = new JsonArray("v2", "blue"),
            ["Address"] = address,
            ["TaggedAddresses"] = new JsonObject { ["wan"] = new JsonObject { ["Address"] = "198.18.0.9", ["Port"] = 90 } },
            ["Meta"] = new JsonObject { ["version"] = "2" },
            ["Port"] = port,
            ["Weights"] = new JsonObject { ["Passing"] = 10, ["Warning"] = 1 },
        },
        ["Checks"] = new JsonArray(
            new JsonObject { ["Node"] = node, ["CheckID"] = "serfHealth", ["Name"] = "Serf Health Status", ["Status"] = "passing", ["Notes"] = "", ["Output"] = "Agent alive and reachable" },
            new JsonObject { ["Node"] = node, ["CheckID"] = $"service:{id}", ["Name"] = "ping", ["Status"] = status, ["Notes"] = "", ["Output"] = "took 3 ms" }),
    };

    /// <summary>The service has exactly these instances now; with none it is gone.</summary>
    public void Set(string service, params IReadOnlyList<JsonObject> entries)
    {
        lock (_gate)
        {
            _index++;
            if (entries.Count > 0)
                _services[service] = (_index, new JsonArray([.. entries]));
            else if (_services.Remove(service))
                _lastExtinction = _index;
            Wake();
        }
    }

    /// <summary>The cluster was restored from an old snapshot: the same state under smaller indexes.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            (_index, _lastExtinction) = (3, 2);
            foreach (var (service, (_, entries)) in _services.ToArray())
                _services[service] = (_index, entries);
            Wake();
        }
    }

    public ValueTask DisposeAsync() => _web!.DisposeAsync();

    private void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // A copy: the server uses the original again for the next request.
        LastHeaders = new HeaderDictionary(context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value, StringComparer.OrdinalIgnoreCase));
        if (Instead is { } instead && await instead(context))
            return;
        const string prefix = "/v1/health/service/";
        var (path, query) = (context.Request.Path.Value!, context.Request.Query);
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
        {
            context.Response.StatusCode = 404;
            return;
        }

        var wanted = ulong.TryParse(query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;
        var wait = DurationText.TryParse(query["wait"].FirstOrDefault() ?? "5m", out var named) && named > TimeSpan.Zero ? named : TimeSpan.FromMinutes(5);
        wait = wait > TimeSpan.FromMinutes(10) ? TimeSpan.FromMinutes(10) : wait;
        double jitter;
        lock (_gate)
            jitter = _random.NextDouble();
        using var timeout = new CancellationTokenSource(wait + (wait / 16 * jitter), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        while (true)
        {
            ulong found;
            string body;
            Task changed;
            lock (_gate)
            {
                (found, var entries) = _services.GetValueOrDefault(path[prefix.Length..], (_lastExtinction, new JsonArray()));
                changed = _changed.Task;
                var isAllowed = Token is null || context.Request.Headers["X-Consul-Token"] == Token;
                var tags = query["tag"];
                var shown = entries.Where(entry => isAllowed && tags.All(tag => entry!["Service"]!["Tags"]!.AsArray().Any(item => string.Equals((string?)item, tag, StringComparison.Ordinal)))).Select(static entry => entry!.DeepClone()).ToArray();
                if (!isAllowed && entries.Count > 0)
                    context.Response.Headers["X-Consul-Results-Filtered-By-ACLs"] = "true";
                body = new JsonArray(shown).ToJsonString();
            }

            if (wanted == 0 || found > wanted || found < wanted || timeout.IsCancellationRequested)
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers["X-Consul-Index"] = found.ToString(CultureInfo.InvariantCulture);
                context.Response.Headers["X-Consul-KnownLeader"] = "true";
                context.Response.Headers["X-Consul-LastContact"] = "0";
                Headers?.Invoke(context.Response.Headers);
                await context.Response.WriteAsync(body, context.RequestAborted);
                return;
            }

            await changed.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.RequestAborted.ThrowIfCancellationRequested();
        }
    }
}
