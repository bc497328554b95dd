using Microsoft.AspNetCore.Builder;
using Rollcall.Api;
using Rollcall.Node;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit.Network;

namespace Rollcall.EndToEnd.Registration;

/// <summary>A node in this process, on a port and a journal that outlive it.</summary>
internal sealed class RealNode : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly int _port = FreePorts.Take();
    private string _directory = NewDirectory();
    private WebApplication? _app;

    private RealNode()
    {
        _http = NodeClient.CreateHttpClient(new Uri(Url));
        Client = new NodeClient(_http);
    }

    public string Url => $"http://127.0.0.1:{_port}";

    public NodeClient Client { get; }

    public static async Task<RealNode> StartAsync()
    {
        var node = new RealNode();
        await node.ComeBackAsync();
        return node;
    }

    public async Task GoAwayAsync()
    {
        if (_app is not { } app)
            return;
        _app = null;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async Task ComeBackAsync()
    {
        _app = await NodeHost.BuildAsync(
            new NodeOptions
            {
                Urls = [Url],
                Registry = new RegistryOptions { Journal = new JournalOptions { Directory = _directory, Durability = Durability.Interval } },
            },
            CancellationToken.None);
        await _app.StartAsync();
    }

    /// <summary>The next life of the node knows nothing of this one.</summary>
    public void LoseEverything()
    {
        Directory.Delete(_directory, recursive: true);
        _directory = NewDirectory();
    }

    /// <summary>The instances of a service as the node has them.</summary>
    public async Task<IReadOnlyList<InstanceDocument>> InstancesAsync(string service) =>
        (await Client.GetServiceAsync(service)).Instances;

    /// <summary>Kinds of change, oldest first.</summary>
    public async Task<string> HistoryAsync(string service) =>
        string.Join(' ', (await Client.GetHistoryAsync(service)).Changes.Select(static change => change.Kind));

    public async ValueTask DisposeAsync()
    {
        await GoAwayAsync();
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string NewDirectory() => Directory.CreateTempSubdirectory("rollcall-node-").FullName;
}
