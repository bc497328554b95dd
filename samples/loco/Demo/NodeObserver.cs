using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Loco.Demo;

/// <summary>What the node shows, asked again and again for as long as the demo runs: with an ETag, so that no change costs next to nothing.</summary>
internal sealed class NodeObserver : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(1);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private EntityTagHeaderValue? _tag;
    private string _path = "/api/instances/live";

    public NodeObserver(string url, TimeProvider time)
    {
        Url = url;
        _time = time;
        _loop = RunAsync();
    }

    public string Url { get; }

    /// <summary>What is asked.</summary>
    public string Path => _path;

    public PodChanges Changes { get; } = new();

    /// <summary>Whether it has said anything yet.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>How the node says that it finds them, and how fresh that is.</summary>
    public async Task<string> ModeAsync(CancellationToken cancellationToken)
    {
        var list = JsonNode.Parse(await _http.GetStringAsync(new Uri($"{Url}/api/services"), cancellationToken))!["services"]!.AsArray();
        var origin = list.Single(static service => (string?)service!["name"] == LocoCluster.Service)!["origin"]!;
        return $"{origin["mode"]}, {origin["freshness"]}";
    }

    /// <summary>Throws why it does not ask any more, when it does not.</summary>
    public void ThrowIfBroken()
    {
        if (_loop.IsFaulted)
            _loop.GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await AskAsync();
            }
            catch (HttpRequestException) when (!HasAnswered)
            {
                // It does not listen yet.
            }

            await Task.Delay(Every, _time, _stop.Token);
        }
    }

    private async Task AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Url}{_path}");
        if (_tag is not null)
            request.Headers.IfNoneMatch.Add(_tag);
        using var answer = await _http.SendAsync(request, _stop.Token);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            // A node without that API, or that knows nothing of the service yet.
            _path = $"/api/services/{LocoCluster.Service}";
            return;
        }

        if (answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.ServiceUnavailable)
            return;
        var json = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(_stop.Token))!;
        var at = _time.GetTimestamp();
        _tag = answer.Headers.ETag;
        HasAnswered = true;
        Changes.Take(
            json["instances"]!.AsArray().ToDictionary(static item => (string)(item!["podName"] ?? item["id"])!, static item => PhaseOf((string)(item!["status"] ?? item["state"])!), StringComparer.Ordinal), at);
    }

    // The application's health may make a ready pod a degraded one, which is no other state of the pod.
    private static PodPhase PhaseOf(string status) => status switch
    {
        "ready" or "degraded" => PodPhase.Ready,
        "draining" => PodPhase.Ending,
        _ => PodPhase.Booting,
    };
}
