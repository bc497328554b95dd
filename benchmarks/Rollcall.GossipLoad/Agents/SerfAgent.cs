using System.Diagnostics;

namespace Rollcall.GossipLoad.Agents;

/// <summary>An agent of Serf with its defaults.</summary>
internal sealed class SerfAgent(string program, Fleet fleet, int index) : Agent(program, fleet, index)
{
    protected override string Joined => "serf: EventMemberJoin: ";

    protected override string Failed => "serf: EventMemberFailed: ";

    protected override string Listens => "Serf agent running";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = Program;
        foreach (var argument in (string[])["agent", "-node", NameOf(Index), "-bind", $"{Address}:7946", "-rpc-addr", $"{Address}:7373", "-profile", "lan", "-log-level", "info"])
            info.ArgumentList.Add(argument);
        if (Seed is { } seed)
        {
            info.ArgumentList.Add("-join");
            info.ArgumentList.Add($"{seed}:7946");
        }
    }
}
