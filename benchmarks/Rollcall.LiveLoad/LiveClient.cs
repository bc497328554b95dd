using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Rollcall.LiveLoad;

/// <summary>What a node shows of the service at one moment.</summary>
/// <param name="At">When it had come, by the machine's monotonic clock.</param>
/// <param name="States">Whether each instance that is there is ready.</param>
internal sealed record Shown(long At, IReadOnlyDictionary<string, bool> States);

/// <summary>Asks a node for its live document again and again, with an ETag, so that no change costs next to nothing.</summary>
internal sealed class LiveClient(Uri node) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new() { BaseAddress = node, Timeout = Patience };
    private EntityTagHeaderValue? _tag;

    /// <summary>Waits until what is shown is as wanted.</summary>
    public async Task<Shown> UntilAsync(Func<IReadOnlyDictionary<string, bool>, bool> isWanted, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (await AskAsync(cancellationToken) is { } shown && isWanted(shown.States))
                return shown;
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"The node did not show what was changed within {Patience.TotalSeconds:0} s.");
    }

    /// <summary>What is shown now; null when that is what was shown before.</summary>
    public async Task<Shown?> AskAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/instances/live");
        if (_tag is not null)
            request.Headers.IfNoneMatch.Add(_tag);
        using var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.ServiceUnavailable)
            return null;
        var bytes = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
        var at = Stopwatch.GetTimestamp();
        _tag = answer.Headers.ETag;
        using var json = JsonDocument.Parse(bytes);
        return new Shown(at, json.RootElement.GetProperty("instances").EnumerateArray().ToDictionary(
            static instance => instance.GetProperty("podName").GetString()!, static instance => instance.GetProperty("health").GetProperty("ready").GetBoolean(), StringComparer.Ordinal));
    }

    public void Dispose() => _http.Dispose();
}
