using System.Globalization;
using System.Text;
using System.Text.Json;
using Rollcall.Load.Servers;

namespace Rollcall.Load.Suites;

/// <summary>
/// Many watchers of one service, a change every 100 ms: the time from sending the write to the last watcher knowing of it.
/// Here a watcher is a chain of blocking queries, there a watch stream of the JSON gateway.
/// </summary>
internal static class WatchSuite
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(Server ours, Server theirs, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        List<double> a = [], b = [], medianA = [], medianB = [];
        for (var round = 0; round < Math.Min(3, options.Rounds); round++)
        {
            var (lagA, lagB) = (
                await MeasureAsync(ours, round, PollAsync, RegisterAsync, options, cancellationToken),
                await MeasureAsync(theirs, round, StreamAsync, PutAsync, options, cancellationToken));
            a.Add(Statistics.Percentile(lagA, 99));
            b.Add(Statistics.Percentile(lagB, 99));
            medianA.Add(Statistics.Median(lagA));
            medianB.Add(Statistics.Median(lagB));
        }

        var (p99A, p99B) = (Statistics.Median(a), Statistics.Median(b));
        report.Add($"{options.Watchers} watchers, write to last watcher, p99", $"{p99A:0.0} ms", $"{p99B:0.0} ms", $"{p99A / p99B:0.00}×", "≤ 1×", p99A <= p99B);
        var (p50A, p50B) = (Statistics.Median(medianA), Statistics.Median(medianB));
        report.Add("the same, median", $"{p50A:0.0} ms", $"{p50B:0.0} ms", $"{p50A / p50B:0.00}×", "none", met: true);
    }

    private static async Task<List<double>> MeasureAsync(
        Server server,
        int round,
        Func<Server, int, int, Arrivals, CancellationToken, Task> watch,
        Func<HttpClient, int, int, CancellationToken, Task<long>> write,
        LoadOptions options,
        CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = server.Url };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await write(http, round, 0, cancellationToken);
        var arrivals = new Arrivals(options.Watchers);
        var ready = arrivals.Expect(first);
        var watchers = Enumerable.Range(0, options.Watchers).Select(i => watch(server, round, i, arrivals, stop.Token)).ToArray();
        // A stream says nothing until something changes: make it.
        var warm = await write(http, round, 1, cancellationToken);
        await Task.WhenAny(Task.WhenAll(watchers), ready.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        await write(http, round, 2, cancellationToken);
        await arrivals.Expect(warm).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);

        var lags = new List<double>();
        for (var i = 0; i < options.Changes; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var revision = await write(http, round, i + 3, cancellationToken);
            var end = await arrivals.Expect(revision).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            lags.Add(TimeProvider.System.GetElapsedTime(start, end).TotalMilliseconds);
            var rest = Pause - TimeProvider.System.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, TimeProvider.System, cancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(watchers.Select(static watcher => watcher.ContinueWith(static _ => { }, TaskScheduler.Default)));
        return lags;
    }

    private static async Task PollAsync(Server server, int round, int watcher, Arrivals arrivals, CancellationToken cancellationToken)
    {
        using var connection = new RawConnection();
        await connection.ConnectAsync(server.Url, cancellationToken);
        byte[] header = [.. "Rollcall-Revision: "u8];
        for (long index = 0; ;)
        {
            await connection.SendAsync(
                $"GET /api/services/watched-{round}?index={index}&wait=60s HTTP/1.1\r\nHost: load\r\nRollcall-Watcher: load-{round}-{watcher}\r\n\r\n",
                cancellationToken);
            index = await connection.ReadAnswerAsync(header, cancellationToken);
            arrivals.Seen(watcher, index);
        }
    }

    private static async Task StreamAsync(Server server, int round, int watcher, Arrivals arrivals, CancellationToken cancellationToken)
    {
        using var connection = new RawConnection();
        await connection.ConnectAsync(server.Url, cancellationToken);
        var body = $$$"""{"create_request":{"key":"{{{Encode($"watched-{round}/i")}}}"}}""";
        await connection.SendAsync(
            $"POST /v3/watch HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            cancellationToken);
        byte[] name = [.. "\"mod_revision\":\""u8];
        while (true)
            arrivals.Seen(watcher, await connection.ReadNumberAsync(name, cancellationToken));
    }

    private static async Task<long> RegisterAsync(HttpClient http, int round, int change, CancellationToken cancellationToken)
    {
        using var content = Json(Record(change));
        using var answer = await http.PutAsync($"/api/services/watched-{round}/instances/i", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return document.RootElement.GetProperty("revision").GetInt64();
    }

    private static async Task<long> PutAsync(HttpClient http, int round, int change, CancellationToken cancellationToken)
    {
        using var content = Json($$"""{"key":"{{Encode($"watched-{round}/i")}}","value":"{{Encode(Record(change))}}"}""");
        using var answer = await http.PostAsync("/v3/kv/put", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return long.Parse(document.RootElement.GetProperty("header").GetProperty("revision").GetString()!, CultureInfo.InvariantCulture);
    }

    private static string Record(int change) =>
        $$$"""{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1h","metadata":{"version":"v2","n":"{{{change}}}"}}""";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
