using System.Diagnostics;

namespace Rollcall.GossipLoad.Agents;

/// <summary><c>rollcall gossip run</c> with its defaults.</summary>
internal sealed class RollcallAgent(string program, Fleet fleet, int index) : Agent(program, fleet, index)
{
    // The events of the log by their numbers.
    protected override string Joined => "[5002] ";

    protected override string Failed => "[5004] ";

    protected override string Listens => " listens on ";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = Program;
        foreach (var argument in (string[])["gossip", "run", "--name", NameOf(Index), "--bind", $"{Address}:7946", "--preset", "lan", "--control", Path.Combine(Data, $"{NameOf(Index)}.sock")])
            info.ArgumentList.Add(argument);
        if (Seed is { } seed)
        {
            info.ArgumentList.Add("--join");
            info.ArgumentList.Add($"{seed}:7946");
        }
    }
}
