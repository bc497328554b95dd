using System.Globalization;
using System.Text;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>
/// One run by a seed: nodes join, a minute of all that can go wrong, then calm, in which all must come to believe the same. Which faults, when and to whom is drawn from the seed.
/// </summary>
internal sealed class ChaosRun
{
    private static readonly TimeSpan Formed = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(70);

    private readonly SimulatedCluster _cluster;
    private readonly ClusterWatch _watch;
    private readonly ClusterTranscript? _transcript;
    private readonly SerfWatch? _serf;
    private readonly int _size;

    private ChaosRun(int seed, int size, ProtocolSettings settings, ClusterBounds bounds, bool isTold, bool withSerf)
    {
        _size = size;
        _cluster = new(seed, settings);
        _watch = new(_cluster, size, bounds);
        _serf = withSerf ? new(_cluster, _watch.IsSound) : null;
        _transcript = isTold ? new(_cluster, withPackets: false) : null;
        _cluster.Observer = _transcript is null ? _watch : new Both(_watch, _transcript);
        End = Calm + bounds.Convergence;
    }

    public ClusterWatch Watch => _watch;

    /// <summary>What watches the layer of Serf, where there is one.</summary>
    public SerfWatch? Serf => _serf;

    public SimulatedCluster Cluster => _cluster;

    private TimeSpan End { get; }

    private Random Random => _cluster.Random;

    public IEnumerable<string> Violations => _watch.Violations.Concat(_serf?.Violations ?? []);

    public static ChaosRun Run(int seed, int size, ProtocolSettings settings, ClusterBounds bounds, bool withSerf = false)
    {
        var run = new ChaosRun(seed, size, settings, bounds, isTold: false, withSerf);
        run.Run();
        return run;
    }

    /// <summary>The same run again with every step told.</summary>
    public static string Replay(int seed, int size, ProtocolSettings settings, ClusterBounds bounds, bool withSerf = false)
    {
        var run = new ChaosRun(seed, size, settings, bounds, isTold: true, withSerf);
        run.Run();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {seed}, {size} nodes: {run.Violations.Count()} violations\n").AppendJoin('\n', run.Violations).Append("\n\n").Append(run._transcript);
        return text.ToString();
    }

    private void Run()
    {
        for (var i = 0; i < _size; i++)
        {
            var node = _cluster.Add();
            node.SkewPartsPerMillion = Random.Next(-2000, 2000);
            node.ClockOffset = Random.NextInt64(TimeSpan.TicksPerHour);
            var start = i == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Random.NextDouble() * 4);
            _cluster.At(start, () => _cluster.Start(node, joins: node.Index > 0));
        }

        for (var faults = 3 + Random.Next(8); faults > 0; faults--)
            Plan(Formed + (Random.NextDouble() * (Calm - Formed) * 0.9));
        if (_serf is not null)
            PlanEvents();
        _cluster.At(Calm, Heal);
        for (var time = Formed; time < End; time += TimeSpan.FromSeconds(5))
        {
            _cluster.RunUntil(time);
            _watch.Check();
            _serf?.Check();
        }

        _cluster.RunUntil(End);
        if (!_watch.HasConverged(out var difference))
            _watch.Violations.Add($"At the end {difference}.");
        _serf?.CheckEnd();
    }

    // One every other second, in bad weather and in calm; and now and then a word about somebody that may or may not be gone.
    private void PlanEvents()
    {
        for (var time = Formed; time < Calm * 2; time += TimeSpan.FromSeconds(2 * Random.NextDouble()))
        {
            var (by, of, isForced) = (_cluster.Nodes[Random.Next(_size)], _cluster.Nodes[Random.Next(_size)], Random.Next(20) == 0);
            _cluster.At(time, () => IfRunning(by, () => _serf!.SendEvent(by)));
            if (isForced && time < Calm)
                _cluster.At(time, () => IfRunning(by, () => _serf!.ForceLeave(by, of)));
        }
    }

    private void Plan(TimeSpan at)
    {
        var node = _cluster.Nodes[Random.Next(_size)];
        var length = TimeSpan.FromSeconds(1 + (Random.NextDouble() * 30));
        var end = at + length < Calm ? at + length : Calm;
        switch (Random.Next(12))
        {
            case 0 or 1:
                _cluster.At(at, () => CrashFor(node, end, moves: false));
                break;
            case 2:
                _cluster.At(at, () => CrashFor(node, end, moves: true));
                break;
            case 3:
                _cluster.At(at, () => IfRunning(node, () => _cluster.Crash(node)));
                break;
            case 4:
                _cluster.At(at, () => IfRunning(node, () => Leave(node)));
                _cluster.At(at + TimeSpan.FromSeconds(5), () => Stop(node));
                if (_serf is not null && Random.Next(2) == 0)
                    _cluster.At(end + TimeSpan.FromSeconds(5), () => Return(node));
                break;
            case 5:
                _cluster.At(at, () => IfRunning(node, () => _cluster.Freeze(node, length)));
                break;
            case 6:
                _cluster.At(at, () => IfRunning(node, () => _cluster.Slow(node, TimeSpan.FromSeconds(0.2 + (2 * Random.NextDouble())), TimeSpan.FromSeconds(3), messagesOnly: Random.Next(2) == 0)));
                break;
            case 7:
                _cluster.At(at, () => Split(1 + Random.Next(_size - 1)));
                _cluster.At(end, Join);
                break;
            case 8:
                _cluster.At(at, () => CutLinks(node));
                break;
            case 9:
                _cluster.At(at, Disturb);
                break;
            case 10:
                _cluster.At(at, () => IfRunning(node, () => _cluster.Do(node, (core, now) => core.Update(core.Self.Address, Encoding.UTF8.GetBytes($"since {at.TotalSeconds:0}"), now))));
                break;
            default:
                _cluster.At(at, () => IfRunning(node, () => _cluster.Do(node, static (core, now) => core.Broadcast("to all"u8, now))));
                break;
        }
    }

    private void Heal()
    {
        _cluster.Observer?.Did("calm");
        Join();
        foreach (var node in _cluster.Nodes)
        {
            if (node.StallFor > 0)
                _cluster.Slow(node, TimeSpan.Zero, TimeSpan.Zero);
        }

        var network = _cluster.Network;
        network.MendLinks();
        network.Loss = Random.NextDouble() * 0.01;
        network.Duplication = 0;
        network.Reordering = 0;
        network.MinDelay = TimeSpan.FromMicroseconds(200).Ticks;
        network.MaxDelay = TimeSpan.FromMilliseconds(2).Ticks;
        _watch.NetworkChanged();
    }

    private static void IfRunning(SimulatedNode node, Action action)
    {
        if (node is { IsRunning: true, HasLeft: false })
            action();
    }

    private void CrashFor(SimulatedNode node, TimeSpan until, bool moves) => IfRunning(node, () =>
    {
        _cluster.Crash(node);
        _cluster.At(until, () =>
        {
            if (node.IsRunning)
                return;
            if (moves)
                node.Moves++;
            _cluster.Start(node);
        });
    });

    private void Leave(SimulatedNode node)
    {
        if (_serf is null)
            _cluster.Leave(node);
        else
            _serf.Leave(node);
    }

    private void Return(SimulatedNode node)
    {
        if (!node.IsRunning)
            _cluster.Start(node);
    }

    private void Stop(SimulatedNode node)
    {
        if (node is { IsRunning: true, HasLeft: true })
            node.IsRunning = false;
    }

    private void Split(int size)
    {
        _cluster.Observer?.Did($"{size} nodes are parted from the others");
        foreach (var node in _cluster.Nodes)
            node.Group = 0;
        for (var i = 0; i < size; i++)
            _cluster.Nodes[Random.Next(_size)].Group = 1;
        _watch.NetworkChanged();
    }

    private void Join()
    {
        _cluster.Observer?.Did("the network is whole");
        foreach (var node in _cluster.Nodes)
            node.Group = 0;
        _watch.NetworkChanged();
    }

    private void CutLinks(SimulatedNode node)
    {
        _cluster.Observer?.Did($"{node.Name} loses links in one direction");
        var isDeaf = Random.Next(2) == 0;
        for (var links = 1 + Random.Next(_size); links > 0; links--)
        {
            var other = Random.Next(_size);
            if (isDeaf)
                _cluster.Network.Cut(other, node.Index);
            else
                _cluster.Network.Cut(node.Index, other);
        }

        _watch.NetworkChanged();
    }

    private void Disturb()
    {
        var network = _cluster.Network;
        network.Loss = Random.NextDouble() * 0.25;
        network.Duplication = Random.NextDouble() * 0.2;
        network.Reordering = Random.NextDouble() * 0.3;
        network.MinDelay = TimeSpan.FromMilliseconds(Random.Next(50)).Ticks;
        network.MaxDelay = network.MinDelay + TimeSpan.FromMilliseconds(1 + Random.Next(150)).Ticks;
        _cluster.Observer?.Did(string.Create(CultureInfo.InvariantCulture, $"the network loses {network.Loss:P0} and delays {network.MinDelay / 10000} to {network.MaxDelay / 10000} ms"));
        _watch.NetworkChanged();
    }

    private sealed class Both(IClusterObserver one, IClusterObserver two) : IClusterObserver
    {
        public void Did(string what)
        {
            one.Did(what);
            two.Did(what);
        }

        public void Exchanged(SimulatedNode from, SimulatedNode to)
        {
            one.Exchanged(from, to);
            two.Exchanged(from, to);
        }

        public void Started(SimulatedNode node)
        {
            one.Started(node);
            two.Started(node);
        }

        public void Happened(SimulatedNode node, in ProtocolEvent happened)
        {
            one.Happened(node, happened);
            two.Happened(node, happened);
        }

        public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
        {
            one.Sent(from, packet, effects);
            two.Sent(from, packet, effects);
        }
    }
}
