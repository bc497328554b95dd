using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Etcd.Tests;

/// <summary>One or more real etcd servers on free ports of the loopback, with data of their own; ended and removed with the test.</summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-etcd-").FullName;
    private readonly List<string[]> _arguments = [];
    private readonly List<Process?> _processes = [];
    private readonly HttpClient _http;

    private EtcdCluster(HttpMessageHandler? handler) => _http = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The address of each member.</summary>
    public List<Uri> Members { get; } = [];

    /// <summary>The token to write with, where users are needed.</summary>
    public string? Token { get; set; }

    /// <param name="size">How many members.</param>
    /// <param name="scheme">http, or https with <paramref name="options"/> that name the files.</param>
    /// <param name="options">Further options of each server.</param>
    /// <param name="handler">For an https server, to write to it.</param>
    public static async Task<EtcdCluster> StartAsync(int size = 1, string scheme = "http", string[]? options = null, HttpMessageHandler? handler = null)
    {
        var cluster = new EtcdCluster(handler);
        var ports = Enumerable.Range(0, 2 * size).Select(static _ => FreePorts.Take()).ToArray();
        var peers = string.Join(',', Enumerable.Range(0, size).Select(i => $"m{i}=http://127.0.0.1:{ports[size + i]}"));
        for (var i = 0; i < size; i++)
        {
            var client = new Uri($"{scheme}://127.0.0.1:{ports[i]}");
            cluster.Members.Add(client);
            cluster._arguments.Add(
            [
                "--name", $"m{i}", "--data-dir", Path.Combine(cluster._directory, $"m{i}"), "--logger", "zap", "--log-level", "error",
                "--listen-client-urls", client.AbsoluteUri.TrimEnd('/'), "--advertise-client-urls", client.AbsoluteUri.TrimEnd('/'),
                "--listen-peer-urls", $"http://127.0.0.1:{ports[size + i]}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{ports[size + i]}",
                "--initial-cluster", peers, "--initial-cluster-state", "new", "--heartbeat-interval", "50", "--election-timeout", "500", .. options ?? [],
            ]);
            cluster._processes.Add(null);
            cluster.Start(i);
        }

        await cluster.IsWellAsync();
        return cluster;
    }

    public void Start(int member)
    {
        var start = new ProcessStartInfo(DebianTool.Find("etcd", "etcd-server")) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in _arguments[member])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes[member] = process;
    }

    public async Task StopAsync(int member)
    {
        if (_processes[member] is not { } process)
            return;
        _processes[member] = null;
        process.Kill();
        await Eventually.Within(process.WaitForExitAsync());
        process.Dispose();
    }

    /// <summary>Freezes a member as SIGSTOP does: its sockets stay open and nothing answers; or ends that.</summary>
    public void Freeze(int member, bool frozen)
    {
        using var kill = Process.Start("kill", [frozen ? "-STOP" : "-CONT", $"{_processes[member]!.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until writes are taken.</summary>
    public async Task IsWellAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await CallAsync("kv/range", new { key = "AA==" });
                return;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && TimeProvider.System.GetElapsedTime(start) < Eventually.Limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    public Task PutAsync(string key, string value) => CallAsync("kv/put", new { key = Base64(key), value = Base64(value) });

    public Task DeleteAsync(string key) => CallAsync("kv/deleterange", new { key = Base64(key) });

    /// <summary>Makes a directory hold exactly these keys, in one transaction.</summary>
    public async Task ReplaceAsync(string directory, IReadOnlyDictionary<string, string> values)
    {
        var there = await CallAsync("kv/range", new { key = Base64(directory), range_end = Base64(directory[..^1] + "0"), keys_only = true });
        var gone = there.TryGetProperty("kvs", out var pairs) ? pairs.EnumerateArray().Select(static pair => pair.GetProperty("key").GetString()!).Except(values.Keys.Select(key => Base64(directory + key)), StringComparer.Ordinal) : [];
        IEnumerable<object> operations =
        [
            .. gone.Select(static key => (object)new { request_delete_range = new { key } }),
            .. values.Select(pair => (object)new { request_put = new { key = Base64(directory + pair.Key), value = Base64(pair.Value) } }),
        ];
        foreach (var batch in operations.Chunk(100))
            await CallAsync("kv/txn", new { success = batch });
    }

    /// <summary>Calls the gateway of the first member that answers.</summary>
    public async Task<JsonElement> CallAsync(string path, object body)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Members[i], "v3/" + path)) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
                if (Token is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", Token);
                using var response = await _http.SendAsync(request);
                response.EnsureSuccessStatusCode();
                return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            }
            catch (HttpRequestException) when (i + 1 < Members.Count)
            {
                // The next one.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _processes.Count; i++)
            await StopAsync(i);
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
