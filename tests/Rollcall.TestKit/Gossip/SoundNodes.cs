namespace Rollcall.TestKit.Gossip;

/// <summary>
/// Which nodes the promises about the living hold for, at each time, however bad the weather is. A node is <em>well</em> when its process runs, has joined, has not left, and is neither frozen nor blocked nor slow.
/// A link is sound when datagrams pass it: its ends are on one side of the network, it is not cut, at most <see cref="MostLoss"/> of what it carries is lost, and what is not sent round a detour arrives within
/// <see cref="MostDelay"/>. A node is <em>sound</em> when it is well and its links to and from more than half of the other well nodes are sound. So in a partition the larger side is sound and the smaller is not, nobody is
/// where there is no larger one, and a node that loses some of its links still is.
/// </summary>
internal sealed class SoundNodes(SimulatedCluster cluster, int capacity)
{
    public const double MostLoss = 0.25;

    public static readonly TimeSpan MostDelay = TimeSpan.FromMilliseconds(200);

    private readonly long[] _since = new long[capacity];
    private readonly List<SimulatedNode> _well = [];

    /// <summary>Since when a node is sound without a break; <see cref="long.MaxValue"/> when it is not.</summary>
    public long Since(SimulatedNode node) => _since[node.Index];

    public bool Is(SimulatedNode node) => _since[node.Index] <= cluster.Ticks;

    /// <summary>Whether it has been sound at least since then.</summary>
    public bool IsSince(SimulatedNode node, long time) => _since[node.Index] <= time;

    /// <summary>To be called every so often, and after each change of the network. What is done to a process in between is told by when that was over.</summary>
    public void Look()
    {
        _well.Clear();
        foreach (var node in cluster.Nodes)
        {
            if (IsWell(node))
                _well.Add(node);
        }

        foreach (var node in cluster.Nodes)
        {
            if (!IsWell(node) || !HasSoundLinks(node))
                _since[node.Index] = long.MaxValue;
            else
                _since[node.Index] = Math.Max(node.CalmSince, _since[node.Index] == long.MaxValue ? cluster.Ticks : _since[node.Index]);
        }
    }

    private static bool IsWell(SimulatedNode node) => node is { IsRunning: true, HasJoined: true, HasLeft: false, IsDisturbed: false };

    private bool HasSoundLinks(SimulatedNode node)
    {
        var network = cluster.Network;
        if (network.Loss > MostLoss || network.MaxDelay > MostDelay.Ticks)
            return false;
        var sound = 0;
        foreach (var other in _well)
            sound += other != node && network.Passes(node, other) && network.Passes(other, node) ? 1 : 0;
        return sound * 2 > _well.Count - 1;
    }
}
