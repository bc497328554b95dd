using System.Globalization;
using System.Net.Http.Json;
using Rollcall.EndToEnd.Faults;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>A node with a gateway as a process of its own, and what a test does to it.</summary>
public sealed class DashboardNode : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-dashboard-").FullName;
    private readonly HttpClient _http;
    private readonly Settings _settings;
    private RealProcess? _process;

    public DashboardNode()
        : this(new Settings())
    {
    }

    /// <summary>One of its own, beside the one that tests share.</summary>
    internal DashboardNode(Settings settings)
    {
        _settings = settings;
        // It must come back on its port, so it cannot be left to choose one.
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        GatewayUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        _http = new HttpClient { BaseAddress = new Uri(Url), Timeout = Eventually.Limit };
    }

    public string Url { get; }

    public string GatewayUrl { get; }

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        List<string> arguments = ["serve", "--urls", Url, "--data", Path.Combine(_directory, "data"), "--durability", _settings.Durability];
        if (_settings.Configuration is { } configuration)
        {
            var file = Path.Combine(_directory, "node.yaml");
            await File.WriteAllTextAsync(file, configuration);
            arguments.AddRange(["--config", file]);
        }

        if (_settings.Gateway)
            arguments.AddRange(["--gateway", GatewayUrl, "--routes", await WriteRoutesAsync()]);
        _process = RealProcess.Start("Rollcall.Cli", "rollcall", arguments, _settings.Environment, Path.Combine(_directory, "node.log"));
        await Eventually.Within(UntilReadyAsync());
    }

    private async Task<string> WriteRoutesAsync()
    {
        var routes = Path.Combine(_directory, "routes.yaml");
        var authority = new Uri(Url).Authority;
        await File.WriteAllTextAsync(routes, $$"""
            clusters:
              storefront: rollcall://{{authority}}/storefront
              storefront-next: rollcall://{{authority}}/storefront-next
            routes:
              shop: { path: /shop, transforms: [{ PathRemovePrefix: /shop }], splits: [{ version: v1, to: storefront, weight: 90 }, { version: v2, to: storefront-next, weight: 10 }] }
            default: storefront

            """);
        return routes;
    }

    public async Task KillAsync()
    {
        await _process!.KillAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Registers an instance for an hour.</summary>
    public async Task RegisterAsync(string service, string id, string zone = "a", string version = "v1", int port = 8080, string address = "10.0.0.1")
    {
        using var answer = await _http.PutAsJsonAsync(
            $"/api/services/{service}/instances/{id}",
            new { address, ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["http"] = port }, ttl = "1h", zone, node = "m1", metadata = new { version } });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Registers many instances of a service, several at a time.</summary>
    public Task RegisterManyAsync(string service, int count) => Parallel.ForEachAsync(
        Enumerable.Range(1, count),
        new ParallelOptions { MaxDegreeOfParallelism = 32 },
        async (i, _) => await RegisterAsync(service, $"{service}-{i}", "abc"[i % 3].ToString(), $"v{i % 4}"));

    /// <summary>Takes them away again.</summary>
    public Task DeregisterManyAsync(string service, int count) => Parallel.ForEachAsync(
        Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => await DeregisterAsync(service, $"{service}-{i}"));

    public Task SetReadyAsync(string service, string id) => SetStatusAsync(service, id, new { state = "ready" });

    public Task SetNotReadyAsync(string service, string id, string reason) => SetStatusAsync(service, id, new { state = "not-ready", reason });

    public async Task DrainAsync(string service, string id)
    {
        using var answer = await _http.PostAsync(new Uri($"/api/services/{service}/instances/{id}/drain?timeout=0s", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    public async Task DeregisterAsync(string service, string id)
    {
        using var answer = await _http.DeleteAsync(new Uri($"/api/services/{service}/instances/{id}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    public async Task<string> StateAsync(string service, string id)
    {
        var found = await _http.GetFromJsonAsync<System.Text.Json.JsonElement>($"/api/services/{service}");
        return found.GetProperty("instances").EnumerateArray().Single(instance => instance.GetProperty("id").GetString() == id).GetProperty("state").GetString()!;
    }

    /// <summary>The shares of a route's versions, in percent.</summary>
    public async Task<IReadOnlyList<double>> SharesAsync(string route)
    {
        var gateway = await _http.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/gateway");
        return [.. gateway.GetProperty("routes").EnumerateArray().Single(each => each.GetProperty("name").GetString() == route)
            .GetProperty("versions").EnumerateArray().Select(static version => version.GetProperty("percent").GetDouble())];
    }

    /// <summary>A caller that watches a service until it is cancelled, as libraries do, and reports whom it avoids.</summary>
    public async Task WatchAsync(string service, string name, CancellationToken cancellationToken, string? findings = null)
    {
        long index = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/services/{service}?index={index}&wait=20s");
                request.Headers.Add("Rollcall-Watcher", name);
                if (findings is not null)
                    request.Headers.Add("Rollcall-Findings", findings);
                using var answer = await _http.SendAsync(request, cancellationToken);
                index = long.Parse(answer.Headers.GetValues("Rollcall-Revision").Single(), CultureInfo.InvariantCulture);
            }
            catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        _http.Dispose();
        await Task.Yield();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task SetStatusAsync(string service, string id, object status)
    {
        using var answer = await _http.PutAsJsonAsync($"/api/services/{service}/instances/{id}/status", status);
        answer.EnsureSuccessStatusCode();
    }

    private async Task UntilReadyAsync()
    {
        while (true)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It has not begun to listen.
            }

            if (_process!.HasExited)
                throw new InvalidOperationException($"The node has ended: {_process.Log}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>How it runs.</summary>
    internal sealed record Settings
    {
        /// <summary>What it finds in its environment.</summary>
        public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

        /// <summary>Where it keeps what is written.</summary>
        public string Durability { get; init; } = "interval";

        /// <summary>Its configuration file; null for none.</summary>
        public string? Configuration { get; init; }

        /// <summary>Whether a gateway runs beside it.</summary>
        public bool Gateway { get; init; } = true;
    }
}
