using System.Globalization;
using System.Text;
using Rollcall.Gossip.Serf;

namespace Rollcall.TestKit.Gossip;

/// <summary>
/// The layer of Serf on each node of a run, and what must always hold of it: the Lamport clock of a process never goes back; who has left is not said to have failed before it is there again; no process is told of an event
/// twice; once all is calm all say the same of everybody, of those that live that they are alive; an event of a sound sender has come to all that were members when it was sent; and nothing waits to be gossiped any more.
/// </summary>
internal sealed class SerfWatch
{
    // A process that joins while an event is on its way may take it for one of before.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private const int MostQueued = 20;

    private readonly SimulatedCluster _cluster;
    private readonly Dictionary<int, Member> _members = [];
    private readonly List<Sent> _sent = [];
    private readonly Func<SimulatedNode, bool> _isSound;

    /// <param name="cluster">The cluster, before any of its nodes is started.</param>
    /// <param name="isSound">Whether the network carries what a node says.</param>
    public SerfWatch(SimulatedCluster cluster, Func<SimulatedNode, bool> isSound)
    {
        _cluster = cluster;
        _isSound = isSound;
        cluster.Application = Make;
        cluster.Starting = node => _members[node.Index].Layer.Attach(node.Core);
        cluster.Joined = node =>
        {
            _members[node.Index].JoinedAt = _cluster.Now;
            Do(node, static (serf, now) => serf.Joined(now));
        };
    }

    public List<string> Violations { get; } = [];

    /// <summary>Events that were sent, and how often a process was told of one.</summary>
    public (int Sent, int Told) Events => (_sent.Count, _sent.Sum(static sent => sent.Told.Count));

    public int LongestQueue { get; private set; }

    public void Leave(SimulatedNode node) => _cluster.Leave(node, (_, now) => _members[node.Index].Layer.Leave(now));

    public void ForceLeave(SimulatedNode by, SimulatedNode of)
    {
        _cluster.Observer?.Did($"{by.Name} says that {of.Name} left");
        Do(by, (serf, now) => serf.ForceLeave(of.Name, prune: false, now));
    }

    public void SendEvent(SimulatedNode by)
    {
        var sent = new Sent(_cluster.Now, _isSound(by) && IsSettled(by), [.. _cluster.Nodes.Where(IsSettled).Select(static node => (node.Index, node.Life))]);
        _sent.Add(sent);
        Do(by, (serf, now) => serf.SendEvent("event", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_sent.Count - 1}")), coalesces: false, now));
    }

    /// <summary>Reads what the layers told; to be called every so often.</summary>
    public void Check()
    {
        foreach (var node in _cluster.Nodes.Where(static node => node.Life > 0))
            Read(node, _members[node.Index]);
    }

    /// <summary>To be called at the end, when all has been calm for long.</summary>
    public void CheckEnd()
    {
        Check();
        var there = _cluster.Nodes.Where(static node => node is { IsRunning: true, HasLeft: false }).ToArray();
        foreach (var node in _cluster.Nodes)
        {
            var said = there.Select(observer => _members[observer.Index].Layer.StatusOf(node.Name)).Distinct().ToArray();

            // Who has begun anew since does not know those that were gone before.
            var allowed = node.HasLeft || !node.IsRunning ? said.Except([SerfStatus.None]) : said;
            if (allowed.Count() > 1 || (there.Contains(node) && said is not [SerfStatus.Alive]))
                Violate($"at the end {node.Name} is {string.Join(" and ", said)}");
            if (said.Contains(SerfStatus.Leaving) || (!there.Contains(node) && said.Contains(SerfStatus.Alive)))
                Violate($"at the end {node.Name} is {string.Join(" and ", said)}, which is gone");
        }

        foreach (var sent in _sent.Where(static sent => sent.IsHeard))
        {
            foreach (var node in there.Where(node => sent.Members.Contains((node.Index, node.Life)) && !sent.Told.Contains((node.Index, node.Life))))
                Violate($"{node.Name} was never told of the event of {sent.At.TotalSeconds:0.0} s");
        }

        foreach (var node in there.Where(static node => node.Core.UserQueueLength > 0))
            Violate($"{node.Name} still has {node.Core.UserQueueLength} messages to gossip");
    }

    private SerfLayer Make(SimulatedNode node)
    {
        if (_members.TryGetValue(node.Index, out var before))
            Read(node, before);
        var layer = new SerfLayer(Encoding.UTF8.GetBytes(node.Name), new Random(_cluster.Random.Next()));
        _members[node.Index] = new(layer, node.Life) { JoinedAt = node.HasJoined ? _cluster.Now : TimeSpan.MaxValue };
        return layer;
    }

    private bool IsSettled(SimulatedNode node) => node is { IsRunning: true, HasLeft: false } && _members[node.Index].JoinedAt < _cluster.Now - Settled;

    private void Do(SimulatedNode node, Action<SerfLayer, long> call) => _cluster.Do(node, (_, now) => call(_members[node.Index].Layer, now));

    private void Read(SimulatedNode node, Member member)
    {
        if (member.Layer.Time < member.Time)
            Violate($"{node.Name} went back from the time {member.Time} to {member.Layer.Time}");
        member.Time = member.Layer.Time;
        if (node.IsRunning && member.Life == node.Life)
            CheckQueue(node);
        foreach (var told in member.Layer.Events)
        {
            if (told.Kind == SerfEventKind.UserEvent && !_sent[int.Parse(told.Payload, CultureInfo.InvariantCulture)].Told.Add((node.Index, member.Life)))
                Violate($"{node.Name} was told twice of one event");
            else if (told.Kind == SerfEventKind.StatusChanged)
                Learn(node, member, told.Name, told.Status);
            else if (told.Kind == SerfEventKind.Refused)
                Violate($"{node.Name} refused: {told.Name}");
        }

        member.Layer.ClearEvents();
    }

    // An intent or event is queued once by each, and over in seconds: a dozen at a time are many.
    private void CheckQueue(SimulatedNode node)
    {
        LongestQueue = Math.Max(LongestQueue, node.Core.UserQueueLength);
        if (node.Core.UserQueueLength > MostQueued)
            Violate($"{node.Name} queues {node.Core.UserQueueLength} messages");
    }

    private void Learn(SimulatedNode node, Member member, string about, SerfStatus status)
    {
        if (status == SerfStatus.Failed && member.Statuses.GetValueOrDefault(about) == SerfStatus.Left)
            Violate($"{node.Name} says that {about} failed, which had left");
        member.Statuses[about] = status;
    }

    private void Violate(string what) => Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{_cluster.Now.TotalSeconds,8:0.000}  {what}"));

    private sealed class Member(SerfLayer layer, int life)
    {
        public SerfLayer Layer => layer;

        public int Life => life;

        public TimeSpan JoinedAt { get; set; }

        public ulong Time { get; set; }

        public Dictionary<string, SerfStatus> Statuses { get; } = new(StringComparer.Ordinal);
    }

    /// <param name="At">When.</param>
    /// <param name="IsHeard">Whether the network carried it: what a node says that is cut off comes to few, and from these to the others by their exchanges, in minutes.</param>
    /// <param name="Members">The processes that were members then.</param>
    private sealed record Sent(TimeSpan At, bool IsHeard, HashSet<(int Node, int Life)> Members)
    {
        public HashSet<(int Node, int Life)> Told { get; } = [];
    }
}
