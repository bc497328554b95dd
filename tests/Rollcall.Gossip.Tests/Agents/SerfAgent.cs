using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>A real Serf agent on the loopback, ended with the test.</summary>
internal sealed class SerfAgent : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;
    private readonly string _rpc;

    private SerfAgent(string name, int port, int rpcPort, string[] arguments)
    {
        Name = name;
        EndPoint = new(IPAddress.Loopback, port);
        _rpc = $"-rpc-addr=127.0.0.1:{rpcPort}";
        var start = Command("agent", [$"-node={name}", $"-bind={EndPoint}", _rpc, "-profile=local", "-log-level=debug", .. arguments]);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>What it wrote, oldest first.</summary>
    public IEnumerable<string> Log => _log;

    /// <summary>Its warnings and errors.</summary>
    public IEnumerable<string> Complaints => _log.Where(static line => line.Contains("[WARN]", StringComparison.Ordinal) || line.Contains("[ERR]", StringComparison.Ordinal));

    public static async Task<SerfAgent> StartAsync(string name, params string[] arguments)
    {
        var ports = FreePorts(2);
        var agent = new SerfAgent(name, ports[0], ports[1], arguments);
        await Eventually.True(async () => await agent.MembersAsync() is { Count: > 0 });
        return agent;
    }

    /// <summary>What <c>serf members</c> says: the status by name; null while the agent does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> MembersAsync() =>
        (await ListAsync())?.ToDictionary(static member => member.GetProperty("name").GetString()!, static member => member.GetProperty("status").GetString()!, StringComparer.Ordinal);

    public async Task<string?> StatusOfAsync(string member) => (await MembersAsync())?.GetValueOrDefault(member);

    /// <summary>Tags as <c>name=value,name=value</c>.</summary>
    public async Task<string?> TagsOfAsync(string member)
    {
        foreach (var listed in await ListAsync() ?? [])
        {
            if (listed.GetProperty("name").GetString() == member)
                return string.Join(',', listed.GetProperty("tags").EnumerateObject().Select(static tag => $"{tag.Name}={tag.Value.GetString()}").Order(StringComparer.Ordinal));
        }

        return null;
    }

    public async Task RunAsync(string command, params string[] arguments)
    {
        var (code, output) = await TryRunAsync(command, arguments);
        Assert.True(code == 0, output);
    }

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Freezes it as SIGSTOP does, or ends that.</summary>
    public void Freeze(bool frozen)
    {
        using var kill = Process.Start("kill", [frozen ? "-STOP" : "-CONT", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await Eventually.Within(_process.WaitForExitAsync());
        _process.Dispose();
    }

    private async Task<JsonElement[]?> ListAsync()
    {
        var (code, output) = await TryRunAsync("members", "-format=json");
        if (code != 0)
            return null;
        using var document = JsonDocument.Parse(output);
        return [.. document.RootElement.GetProperty("members").EnumerateArray().Select(static member => member.Clone())];
    }

    private async Task<(int Code, string Output)> TryRunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(Command(command, [_rpc, .. arguments]))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await Eventually.Within(process.StandardOutput.ReadToEndAsync());
        await Eventually.Within(process.WaitForExitAsync());
        return (process.ExitCode, output + await errors);
    }

    private static ProcessStartInfo Command(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(DebianTool.Find("serf", "serf"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(command);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _log.Enqueue(line);
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        foreach (var socket in sockets)
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var ports = sockets.Select(static socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToArray();
        foreach (var socket in sockets)
            socket.Dispose();
        return ports;
    }
}
