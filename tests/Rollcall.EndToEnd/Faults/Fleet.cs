using System.Globalization;
using System.Runtime.CompilerServices;
using Rollcall.Api;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.EndToEnd.Faults;

/// <summary>A node and five instances of <c>orders</c>, two of them in zone a and three in zone b: each a process of its own.</summary>
public sealed class Fleet : IAsyncLifetime
{
    /// <summary>The zone of those who ask.</summary>
    public const string OwnZone = "a";

    private static readonly (string Id, string Zone)[] Plan = [("orders-1", "a"), ("orders-2", "a"), ("orders-3", "b"), ("orders-4", "b"), ("orders-5", "b")];

    // Six processes compile themselves at the same time.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, RealProcess> _processes = new(StringComparer.Ordinal);
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-faults-").FullName;
    private readonly HttpClient _control = new() { Timeout = Eventually.Limit };
    private readonly HttpClient _http;
    private readonly NodeClient _client;

    public Fleet()
    {
        // The node must come back on its port, so it cannot be left to choose one.
        NodeUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        GatewayUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        _http = NodeClient.CreateHttpClient(new Uri(NodeUrl));
        _client = new NodeClient(_http);
    }

    public static IReadOnlyList<string> All { get; } = [.. Plan.Select(static instance => instance.Id)];

    /// <summary>Those of the own zone.</summary>
    public static IReadOnlyList<string> Near { get; } = [.. Plan.Where(static instance => instance.Zone == OwnZone).Select(static instance => instance.Id)];

    public string NodeUrl { get; }

    /// <summary>Where the node's gateway listens.</summary>
    public string GatewayUrl { get; }

    internal RealProcess this[string name] => _processes[name];

    public ValueTask InitializeAsync() => new(RestoreAsync());

    /// <summary>Starts what does not run, thaws what is frozen, cures what misbehaves, and waits until the node has everybody.</summary>
    public async Task RestoreAsync()
    {
        if (!IsRunning("node"))
            StartNode();
        await NodeIsThereAsync();
        foreach (var id in All)
        {
            if (IsRunning(id))
                _processes[id].Thaw();
            else
                StartInstance(id);
        }

        await AllAreReadyAsync();
        foreach (var instance in await InstancesAsync())
            await ControlAsync(Address(instance), "ok");
    }

    public void StartNode() => Start("node", "Rollcall.Cli", "rollcall", ["serve", "--urls", NodeUrl, "--data", Path.Combine(_directory, "data")], []);

    /// <summary>Starts a gateway, in a node of its own, that knows nothing of what happened before, and waits until it forwards.</summary>
    public async Task RestartGatewayAsync()
    {
        var routes = Path.Combine(_directory, "routes.yaml");
        await File.WriteAllTextAsync(routes, $$"""
            clusters:
              orders: rollcall://{{new Uri(NodeUrl).Authority}}/orders
              near: { target: "rollcall://{{new Uri(NodeUrl).Authority}}/orders", zone: {{OwnZone}}, preferOwnZone: true }
            routes:
              near: { path: /near, to: near }
            default: orders

            """);
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}");
        if (IsRunning("gateway"))
            await _processes["gateway"].KillAsync();
        Start(
            "gateway",
            "Rollcall.Cli",
            "rollcall",
            ["serve", "--urls", url, "--data", Path.Combine(_directory, "gateway"), "--gateway", GatewayUrl, "--routes", routes],
            new() { ["ROLLCALL_ZONE"] = OwnZone });

        await UntilAsync(async () =>
        {
            using var answer = await _control.GetAsync(new Uri(new Uri(GatewayUrl), "/id"));
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>Starts an instance on a port that is free now, whatever it had before.</summary>
    public void StartInstance(string id)
    {
        // The lease is short, so that a test need not wait long for it. No check: the callers find out by themselves who is ill.
        Start(id, "Rollcall.Backend", "Rollcall.Backend", ["--service", "orders", "--id", id, "--delay", "2"], new()
        {
            ["ROLLCALL_NODE"] = NodeUrl,
            ["ROLLCALL_ZONE"] = Plan.First(instance => instance.Id == id).Zone,
            ["Rollcall__Registration__Instances__orders__Ttl"] = "3s",
        });
    }

    public async Task NodeIsThereAsync()
    {
        var ready = new Uri(new Uri(NodeUrl), "/readyz");
        await UntilAsync(async () =>
        {
            using var answer = await _control.GetAsync(ready);
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>Waits until the node has every instance, ready, at the address where it really is.</summary>
    public Task AllAreReadyAsync() => UntilAsync(async () =>
    {
        var instances = await InstancesAsync();
        if (instances.Count != Plan.Length || instances.Any(static instance => instance.State != "ready"))
            return false;
        foreach (var instance in instances)
        {
            if (await _control.GetStringAsync(new Uri(Address(instance), "/id")) != instance.Id)
                return false;
        }

        return true;
    });

    internal async Task<IReadOnlyList<InstanceDocument>> InstancesAsync() => (await _client.GetServiceAsync("orders")).Instances;

    /// <summary>Where an instance listens, as the node knows it.</summary>
    public async Task<Uri> AddressAsync(string id) => Address((await InstancesAsync()).Single(instance => instance.Id == id));

    /// <summary>Tells an instance how to answer from now on, such as <c>slow&amp;delay=100</c>.</summary>
    public static async Task ControlAsync(Uri instance, string answer)
    {
        using var http = new HttpClient { Timeout = Eventually.Limit };
        using var told = await http.PutAsync(new Uri(instance, "/control?answer=" + answer), content: null);
        told.EnsureSuccessStatusCode();
    }

    /// <summary>How many requests an instance did not answer as usual.</summary>
    public async Task<long> SpoiltAsync(Uri instance) =>
        long.Parse((await _control.GetStringAsync(new Uri(instance, "/control"))).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The last words of every process, for a test that failed.</summary>
    public string Words() => string.Join('\n', _processes.Select(static process => $"--- {process.Key}\n{string.Join('\n', process.Value.Log.Split('\n').TakeLast(12))}"));

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
            process.Dispose();
        _http.Dispose();
        _control.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private bool IsRunning(string name) => _processes.TryGetValue(name, out var process) && !process.HasExited;

    private static Uri Address(InstanceDocument instance) => new(string.Create(CultureInfo.InvariantCulture, $"http://{instance.Address}:{instance.Ports["http"]}"));

    private async Task UntilAsync(Func<Task<bool>> holds, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0)
    {
        try
        {
            await WaitAsync().WaitAsync(StartLimit);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{caller} (line {line}) waited {StartLimit.TotalSeconds:0} s in vain.\n{Words()}", error);
        }

        async Task WaitAsync()
        {
            while (true)
            {
                try
                {
                    if (await holds())
                        return;
                }
                catch (Exception error) when (error is HttpRequestException or NodeException or OperationCanceledException)
                {
                    // Not yet there, or just restarting.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private void Start(string name, string project, string assembly, string[] arguments, Dictionary<string, string> environment)
    {
        if (_processes.Remove(name, out var before))
            before.Dispose();
        _processes[name] = RealProcess.Start(project, assembly, arguments, environment, Path.Combine(_directory, name + ".log"));
    }
}
