using System.Globalization;
using System.Text.Json;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Programs;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>A node of ours: <c>rollcall gossip run</c>, asked by the other commands of <c>rollcall gossip</c>.</summary>
internal sealed class RollcallNode : ClusterNode
{
    private readonly TestProgram _program;
    private readonly string _control;

    private RollcallNode(string name, TestHost host, TestProgram program, string control)
        : base(name, host) => (_program, _control) = (program, control);

    public override bool IsAgent => false;

    public override IEnumerable<ProgramLine> Lines => _program.Lines;

    /// <param name="name">What it is called.</param>
    /// <param name="host">Where it runs.</param>
    /// <param name="settings">What it is told.</param>
    /// <param name="directory">Where its control socket is made.</param>
    public static async Task<ClusterNode> StartAsync(string name, TestHost host, NodeSettings settings, string directory)
    {
        var control = Path.Combine(directory, name + ".sock");
        List<string> arguments = ["run", "--name", name, "--bind", $"{host.Address}:{Port}", "--preset", settings.Preset, "--control", control];
        foreach (var (key, value) in settings.Tags)
            arguments.AddRange(["--tag", $"{key}={value}"]);
        if (settings.Seed is { } seed)
            arguments.AddRange(["--join", seed]);
        arguments.AddRange(settings.Keyring is { } keyring ? ["--keyring", keyring] : ["--allow-anyone"]);
        var node = new RollcallNode(name, host, TestProgram.Start(host.Command(Command(arguments))), control);
        await Eventually.True(() => node._program.HasExited || node.Lines.Any(static line => line.Text.Contains(" listens on ", StringComparison.Ordinal)));
        Assert.False(node._program.HasExited, string.Join('\n', node.Lines.Select(static line => line.Text)));
        return node;
    }

    public override async Task<IReadOnlyList<ListedMember>?> ListAsync()
    {
        var (code, output) = await TryRunAsync("members", "-o", "json");
        if (code != 0)
            return null;
        using var document = JsonDocument.Parse(output);
        return
        [
            .. document.RootElement.GetProperty("members").EnumerateArray().Select(static member => new ListedMember(
                member.GetProperty("name").GetString()!,
                string.Create(CultureInfo.InvariantCulture, $"{member.GetProperty("address").GetString()}:{member.GetProperty("port").GetInt32()}"),
                member.GetProperty("status").GetString()!,
                ListedMember.Join(member.GetProperty("tags")))),
        ];
    }

    public override Task SetTagAsync(string key, string value) => RunAsync(TryRunAsync("tags", $"{key}={value}"));

    public override async Task LeaveAsync()
    {
        await RunAsync(TryRunAsync("leave"));
        Assert.Equal(0, await _program.EndAsync());
    }

    public override Task<(int Code, string Output)> KeysAsync(KeyChange change, string? key = null) => change switch
    {
        KeyChange.Add => TryRunAsync("keys", "add", key!),
        KeyChange.Use => TryRunAsync("keys", "use", key!),
        KeyChange.Remove => TryRunAsync("keys", "remove", key!),
        _ => TryRunAsync("keys", "list"),
    };

    public override void Kill() => _program.Kill();

    public override void Freeze(bool frozen) => _program.Freeze(frozen);

    public override ValueTask DisposeAsync() => _program.DisposeAsync();

    // By the numbers of its log lines, which stay when words change.
    protected override bool Tells(string line, Sight sight, string member) => sight switch
    {
        Sight.Joined => Has(line, "[5002]", member),
        Sight.Failed => Has(line, "[5004]", member),
        Sight.Left => Has(line, "[5003]", member),
        Sight.Suspected => Has(line, "[5005]", member),
        _ => Has(line, "[5007]", ""),
    };

    private static bool Has(string line, string number, string member) => line.Contains(member.Length == 0 ? number : $"{number} {member} ", StringComparison.Ordinal);

    // The socket is found from every network.
    private Task<(int Code, string Output)> TryRunAsync(params string[] arguments) => TestProgram.RunAsync(Command([.. arguments, "--control", _control]));

    private static string[] Command(IReadOnlyList<string> arguments)
    {
        // artifacts/bin/Rollcall.EndToEnd/debug/ → artifacts/bin, debug
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var dll = Path.Combine(own.Parent!.Parent!.FullName, "Rollcall.Cli", own.Name, "rollcall.dll");
        Assert.True(File.Exists(dll), $"{dll} is missing; build Rollcall.Cli first.");
        return ["dotnet", dll, "gossip", .. arguments];
    }
}
