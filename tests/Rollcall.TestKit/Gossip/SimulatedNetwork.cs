namespace Rollcall.TestKit.Gossip;

/// <summary>What the network does to datagrams and streams. Times are in ticks.</summary>
internal sealed class SimulatedNetwork(Random random)
{
    private readonly HashSet<(int From, int To)> _cut = [];

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>The chance that a datagram takes <see cref="Detour"/> longer, so that later ones overtake it.</summary>
    public double Reordering { get; set; }

    public long Detour { get; set; } = TimeSpan.FromMilliseconds(300).Ticks;

    public long MinDelay { get; set; } = TimeSpan.FromMicroseconds(200).Ticks;

    public long MaxDelay { get; set; } = TimeSpan.FromMilliseconds(2).Ticks;

    /// <summary>Links that nothing passes, each in one direction.</summary>
    public int CutLinks => _cut.Count;

    public void Cut(int from, int to) => _cut.Add((from, to));

    public void MendLinks() => _cut.Clear();

    public bool Passes(SimulatedNode from, SimulatedNode to) => from.Group == to.Group && (_cut.Count == 0 || !_cut.Contains((from.Index, to.Index)));

    public bool Loses() => Loss > 0 && random.NextDouble() < Loss;

    public bool Duplicates() => Duplication > 0 && random.NextDouble() < Duplication;

    public long Delay()
    {
        var delay = MinDelay + random.NextInt64(Math.Max(1, MaxDelay - MinDelay));
        return Reordering > 0 && random.NextDouble() < Reordering ? delay + random.NextInt64(Detour) : delay;
    }

    /// <summary>Streams repeat what is lost: a loss costs time.</summary>
    public long StreamDelay()
    {
        var delay = 3 * Delay();
        while (Loses())
            delay += TimeSpan.TicksPerMillisecond * 200;
        return delay;
    }
}
