using Rollcall.TestKit.Agents;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Programs;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>A Serf agent.</summary>
internal sealed class AgentNode : ClusterNode
{
    private readonly SerfAgent _agent;

    private AgentNode(TestHost host, SerfAgent agent)
        : base(agent.Name, host) => _agent = agent;

    public override bool IsAgent => true;

    public override IEnumerable<ProgramLine> Lines => _agent.Lines;

    public static async Task<ClusterNode> StartAsync(string name, TestHost host, NodeSettings settings)
    {
        List<string> arguments = [$"-profile={settings.Preset}", "-log-level=info"];
        foreach (var (key, value) in settings.Tags)
            arguments.AddRange(["-tag", $"{key}={value}"]);
        if (settings.Seed is { } seed)
            arguments.AddRange([$"-retry-join={seed}", "-retry-interval=1s"]);
        if (settings.Keyring is { } keyring)
            arguments.Add($"-keyring-file={keyring}");
        return new AgentNode(host, await SerfAgent.StartAsync(host, name, [.. arguments]));
    }

    public override Task<IReadOnlyList<ListedMember>?> ListAsync() => _agent.ListAsync();

    public override Task SetTagAsync(string key, string value) => _agent.RunAsync("tags", "-set", $"{key}={value}");

    public override async Task LeaveAsync()
    {
        await _agent.RunAsync("leave");
        Assert.Equal(0, await _agent.EndAsync());
    }

    public override Task<(int Code, string Output)> KeysAsync(KeyChange change, string? key = null) => _agent.TryRunAsync("keys", change switch
    {
        KeyChange.Add => $"-install={key}",
        KeyChange.Use => $"-use={key}",
        KeyChange.Remove => $"-remove={key}",
        _ => "-list",
    });

    public override void Kill() => _agent.Kill();

    public override void Freeze(bool frozen) => _agent.Freeze(frozen);

    public override ValueTask DisposeAsync() => _agent.DisposeAsync();

    protected override bool Tells(string line, Sight sight, string member) => sight switch
    {
        Sight.Joined => Has(line, "serf: EventMemberJoin: ", member),
        Sight.Failed => Has(line, "serf: EventMemberFailed: ", member),
        Sight.Left => Has(line, "serf: EventMemberLeave: ", member) || Has(line, "serf: EventMemberLeave (forced): ", member),
        Sight.Suspected => Has(line, "memberlist: Suspect ", member) && line.Contains("no acks received", StringComparison.Ordinal),
        _ => Has(line, "memberlist: Refuting a ", ""),
    };

    private static bool Has(string line, string what, string member) => line.Contains(member.Length == 0 ? what : $"{what}{member} ", StringComparison.Ordinal);
}
