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

    public NodeObserver(string url, TimeProvider time)
    {
        Url = url;
        _time = time;
        _loop = RunAsync();
    }

    public string Url { get; }

    public PodChanges Changes { get; } = new();

    /// <summary>How the node finds them, and how fresh that is; null before its first answer.</summary>
    public string? Mode { get; private set; }

    /// <summary>What it calls them, in the order of their places.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

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
            catch (HttpRequestException) when (Mode is null)
            {
                // It does not listen yet.
            }

            await Task.Delay(Every, _time, _stop.Token);
        }
    }

    private async Task AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Url}/api/instances/live");
        if (_tag is not null)
            request.Headers.IfNoneMatch.Add(_tag);
        using var answer = await _http.SendAsync(request, _stop.Token);
        if (answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.ServiceUnavailable)
            return;
        var json = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(_stop.Token))!;
        var at = _time.GetTimestamp();
        _tag = answer.Headers.ETag;
        Mode = $"{json["discoveryMode"]}, {json["freshness"]}";
        Names = [.. json["instances"]!.AsArray().Select(static item => (string)item!["name"]!)];
        Changes.Take(
            json["instances"]!.AsArray().ToDictionary(static item => (string)item!["podName"]!, static item => PhaseOf((string)item!["status"]!), StringComparer.Ordinal), at);
    }

    // The application's health may make a ready pod a degraded one, which is no other state of the pod.
    private static PodPhase PhaseOf(string status) => status switch
    {
        "ready" or "degraded" => PodPhase.Ready,
        "draining" => PodPhase.Ending,
        _ => PodPhase.Booting,
    };
}
