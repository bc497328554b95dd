namespace Rollcall.Gossip.Protocol;

/// <summary>Lifeguard's local health: how much of what goes wrong seems to be this node's own fault. 0 is well; each point makes a probe round one interval longer.</summary>
internal sealed class Awareness(int maxMultiplier)
{
    public int Score { get; private set; }

    public void Apply(int delta) => Score = Math.Clamp(Score + delta, 0, maxMultiplier - 1);

    public long Scale(long interval) => interval * (Score + 1);
}
