using Rollcall.Gossip;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>How long things may take in a cluster of ten, by the formulas of the protocol.</summary>
internal sealed class Bounds(string preset)
{
    // log10 of ten members.
    private const int Scale = 1;

    // For a machine that does other things as well.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly GossipOptions _times = preset == "lan" ? GossipOptions.Lan() : GossipOptions.Local();

    /// <summary>What a rumour has not told a member it learns by the exchange of state that it begins itself: the first one after two intervals at the latest.</summary>
    public TimeSpan Rumour => (2 * _times.ExchangeInterval) + Slack;

    /// <summary>Whoever survives has asked each of the others within two rounds of its list; a suspicion that nobody confirms takes the longest time there is.</summary>
    public TimeSpan Crash => (2 * (MixedCluster.Size - 1) * _times.ProbeInterval) + LongestSuspicion + Slack;

    /// <summary>
    /// A few that reach nobody else grow slow: each probe in vain makes the next one an interval longer, up to eight. Three ask seven in vain within as many probes each, even where they divide the work badly.
    /// </summary>
    public TimeSpan Division => (28 * _times.ProbeInterval) + LongestSuspicion + Rumour;

    /// <summary>Somebody who was given up is tried again once in an interval by those who did; then come rumours.</summary>
    public TimeSpan Heal => _times.ReconnectInterval + Rumour;

    /// <summary>A question to all takes 16 gossip intervals times the next log10 of the members, and may be asked five times.</summary>
    public TimeSpan Keys => 5 * 16 * 2 * _times.GossipInterval;

    private TimeSpan LongestSuspicion => _times.SuspicionMaxMultiplier * _times.SuspicionMultiplier * Scale * _times.ProbeInterval;
}
