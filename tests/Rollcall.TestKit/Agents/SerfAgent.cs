using System.Net;
using System.Text.Json;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Programs;
using Xunit;

namespace Rollcall.TestKit.Agents;

/// <summary>A real Serf agent, on the loopback or on a host of a <see cref="TestNetwork"/>; ended with the test.</summary>
public sealed class SerfAgent : IAsyncDisposable
{
    private static readonly string[] OfBusyMachines = ["Refuting a suspect message", "but other probes failed", "Failed fallback ping"];

    private const int Port = 7946;
    private const int RpcPort = 7373;

    private readonly TestHost? _host;
    private readonly string _rpc;
    private readonly TestProgram _program;

    private SerfAgent(string name, IPEndPoint endPoint, int rpcPort, TestHost? host, string[] arguments)
    {
        Name = name;
        EndPoint = endPoint;
        _host = host;
        _rpc = $"-rpc-addr=127.0.0.1:{rpcPort}";
        _program = TestProgram.Start(Command("agent", [$"-node={name}", $"-bind={endPoint}", _rpc, "-profile=local", "-log-level=debug", .. arguments]));
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>What it wrote and when, oldest first.</summary>
    public IEnumerable<ProgramLine> Lines => _program.Lines;

    /// <summary>What it wrote, oldest first.</summary>
    public IEnumerable<string> Log => _program.Lines.Select(static line => line.Text);

    /// <summary>Its warnings and errors, but those that any member causes which a busy machine does not run in time.</summary>
    public IEnumerable<string> Complaints => Log.Where(static line =>
        (line.Contains("[WARN]", StringComparison.Ordinal) || line.Contains("[ERR]", StringComparison.Ordinal))
        && !Array.Exists(OfBusyMachines, part => line.Contains(part, StringComparison.Ordinal)));

    public bool HasExited => _program.HasExited;

    /// <summary>Starts one on free ports of the loopback.</summary>
    public static Task<SerfAgent> StartAsync(string name, params string[] arguments) =>
        StartedAsync(new(name, new(IPAddress.Loopback, FreePorts.Take()), FreePorts.Take(), host: null, arguments));

    /// <summary>Starts one on a host of its own, at the usual port.</summary>
    public static Task<SerfAgent> StartAsync(TestHost host, string name, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(host);
        return StartedAsync(new(name, new(host.Address, Port), RpcPort, host, arguments));
    }

    /// <summary>What <c>serf members</c> says: the status by name; null while the agent does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> MembersAsync() =>
        (await ListAsync())?.ToDictionary(static member => member.Name, static member => member.Status, StringComparer.Ordinal);

    public async Task<string?> StatusOfAsync(string member) => (await MembersAsync())?.GetValueOrDefault(member);

    /// <summary>Tags as <c>name=value,name=value</c>.</summary>
    public async Task<string?> TagsOfAsync(string member) => (await ListAsync())?.FirstOrDefault(listed => listed.Name == member)?.Tags;

    /// <summary>Everything <c>serf members</c> says; null while the agent does not answer.</summary>
    public async Task<IReadOnlyList<ListedMember>?> ListAsync()
    {
        var (code, output) = await TryRunAsync("members", "-format=json");
        if (code != 0)
            return null;
        using var document = JsonDocument.Parse(output);
        return
        [
            .. document.RootElement.GetProperty("members").EnumerateArray().Select(static member => new ListedMember(
                member.GetProperty("name").GetString()!,
                member.GetProperty("addr").GetString()!,
                member.GetProperty("status").GetString()!,
                ListedMember.Join(member.GetProperty("tags")))),
        ];
    }

    public async Task RunAsync(string command, params string[] arguments)
    {
        var (code, output) = await TryRunAsync(command, arguments);
        Assert.True(code == 0, output);
    }

    /// <summary>Runs one of its commands: its code, and all it wrote.</summary>
    public Task<(int Code, string Output)> TryRunAsync(string command, params string[] arguments) => TestProgram.RunAsync(Command(command, [_rpc, .. arguments]));

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill() => _program.Kill();

    /// <summary>Freezes it as SIGSTOP does, or ends that.</summary>
    public void Freeze(bool frozen) => _program.Freeze(frozen);

    /// <summary>The code it ends with.</summary>
    public Task<int> EndAsync() => _program.EndAsync();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<SerfAgent> StartedAsync(SerfAgent agent)
    {
        await Eventually.True(async () => await agent.MembersAsync() is { Count: > 0 });
        return agent;
    }

    private string[] Command(string command, string[] arguments)
    {
        string[] line = [DebianTool.Find("serf", "serf"), command, .. arguments];
        return _host is null ? line : _host.Command(line);
    }
}
