using System.Text;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>What a large run came to. Times are virtual.</summary>
internal sealed record LargeRunResult(long Events, double PacketsPerNodeAndSecond, double BytesPerNodeAndSecond, TimeSpan SlowestCrashKnown, TimeSpan SlowestUpdateKnown, string Difference);

/// <summary>
/// A cluster too large to watch every belief of: it begins formed, and every ten seconds a node crashes, is started again or says something new. How long until all know is measured for each of them.
/// </summary>
internal sealed class LargeRun : IClusterObserver
{
    private readonly SimulatedCluster _cluster;
    private readonly int _size;
    private readonly Dictionary<int, Rumour> _open = [];
    private TimeSpan _slowestCrash;
    private TimeSpan _slowestUpdate;

    private LargeRun(int size, int seed, ProtocolSettings settings)
    {
        _size = size;
        _cluster = new(seed, settings, NodeRecords.Shared());
    }

    /// <summary>Runs so many nodes for so long in virtual time, of which the last three minutes are undisturbed. One seed makes one run. What was not known to all by the end is told in <see cref="LargeRunResult.Difference"/>, which is empty for a good run.</summary>
    public static LargeRunResult Run(int size, TimeSpan length, int seed = 1)
    {
        var run = new LargeRun(size, seed, ProtocolSettings.Lan);
        return run.Run(length);
    }

    public void Did(string what)
    {
    }

    public void Exchanged(SimulatedNode from, SimulatedNode to)
    {
    }

    public void Started(SimulatedNode node)
    {
    }

    public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
    {
    }

    public void Happened(SimulatedNode node, in ProtocolEvent happened)
    {
        if (happened.Kind is not (EventKind.Failed or EventKind.Updated) || happened.Record is null)
            return;
        var about = SimulatedNode.IndexOf(happened.Record.Address);
        if (!_open.TryGetValue(about, out var rumour) || rumour.Kind != happened.Kind || !rumour.Forget(node.Index))
            return;
        var took = _cluster.Now - rumour.Began;
        if (happened.Kind == EventKind.Failed)
            _slowestCrash = took > _slowestCrash ? took : _slowestCrash;
        else
            _slowestUpdate = took > _slowestUpdate ? took : _slowestUpdate;
        _open.Remove(about);
    }

    private LargeRunResult Run(TimeSpan length)
    {
        for (var i = 0; i < _size; i++)
            _cluster.Start(_cluster.Add(), joins: false);
        _cluster.IntroduceAll();
        _cluster.Observer = this;
        var quiet = length - TimeSpan.FromMinutes(3);
        for (var time = TimeSpan.FromSeconds(5); time < quiet; time += TimeSpan.FromSeconds(10))
        {
            _cluster.RunUntil(time);
            Disturb();
        }

        _cluster.RunUntil(length);
        var seconds = length.TotalSeconds;
        return new(
            _cluster.EventsRun,
            _cluster.Nodes.Sum(static node => node.PacketsSent) / seconds / _size,
            _cluster.Nodes.Sum(static node => node.BytesSent) / seconds / _size,
            _slowestCrash,
            _slowestUpdate,
            string.Join(", ", _open.Values.Select(static rumour => $"{rumour.Kind} of n{rumour.About} not known to {rumour.Unknowing}")));
    }

    private void Disturb()
    {
        var node = _cluster.Nodes[_cluster.Random.Next(_size)];
        if (_open.ContainsKey(node.Index))
            return;
        if (!node.IsRunning)
        {
            _cluster.Start(node);
        }
        else if (_cluster.Random.Next(2) == 0)
        {
            _cluster.Crash(node);
            // Who is gone need not know of the others any more.
            foreach (var about in _open.Where(open => open.Value.Forget(node.Index)).Select(static open => open.Key).ToArray())
                _open.Remove(about);
            Open(node, EventKind.Failed);
        }
        else
        {
            _cluster.Do(node, (core, now) => core.Update(core.Self.Address, Encoding.UTF8.GetBytes($"since {_cluster.Now.TotalSeconds:0}"), now));
            Open(node, EventKind.Updated);
        }
    }

    private void Open(SimulatedNode node, EventKind kind) =>
        _open[node.Index] = new(node.Index, kind, _cluster.Now, _cluster.Nodes.Where(other => other.IsRunning && other != node).Select(static other => other.Index));

    private sealed class Rumour(int about, EventKind kind, TimeSpan began, IEnumerable<int> unknowing)
    {
        private readonly HashSet<int> _unknowing = [.. unknowing];

        public int About => about;

        public EventKind Kind => kind;

        public TimeSpan Began => began;

        public int Unknowing => _unknowing.Count;

        /// <summary>True where this was the last that did not know.</summary>
        public bool Forget(int node) => _unknowing.Remove(node) && _unknowing.Count == 0;
    }
}
