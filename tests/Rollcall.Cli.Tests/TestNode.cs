using Microsoft.AspNetCore.Builder;
using Rollcall.Api;
using Rollcall.Cli.Execution;

namespace Rollcall.Cli.Tests;

/// <summary>A real node inside the test, with nothing on disk, on a port of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private TestNode(WebApplication app)
    {
        _app = app;
        Url = app.Urls.Single();
        _http = NodeClient.CreateHttpClient(new Uri(Url));
        Client = new NodeClient(_http);
    }

    public string Url { get; }

    public NodeClient Client { get; }

    public static async Task<TestNode> StartAsync()
    {
        var options = NodeRun.Read(new ServeSettings { Urls = ["http://127.0.0.1:0"], Durability = "memory" });
        var app = await NodeRun.StartAsync(options, CancellationToken.None);
        return new TestNode(app);
    }

    public Task RegisterAsync(string service, string id, string? owner = null) => Client.RegisterAsync(
        service, id, new RegistrationDocument { Address = "10.0.0.5", Ports = new Dictionary<string, int> { ["http"] = 8080 }, Ttl = "1h" }, owner);

    /// <summary>What happened to a service, as the kinds of its changes.</summary>
    public async Task<string> StoryAsync(string service) =>
        string.Join(' ', (await Client.GetHistoryAsync(service)).Changes.Select(static change => change.Kind));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
