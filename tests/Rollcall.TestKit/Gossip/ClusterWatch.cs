using System.Globalization;
using Rollcall.Gossip;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>How long what is wrong may last. Counted from when all it takes to mend it is calm.</summary>
internal sealed record ClusterBounds(TimeSpan CrashUnknown, TimeSpan LiveBelievedDead, TimeSpan Convergence);

/// <summary>
/// Watches a run and notes every violation of what must always hold: nobody who lives and can be reached is believed dead for longer than the bound; every crash is known to all within the bound;
/// incarnations never go back; queues stay bounded; and, once all is calm, all believe the same.
/// </summary>
internal sealed class ClusterWatch : IClusterObserver
{
    // Its own rounds and what it does for those of others; and for each member those of a suspicion, each time somebody confirms it, of one before that is over, and of a name that will be free.
    private const int TimersOfNode = 64;
    private const int TimersOfMember = 8;

    private readonly SimulatedCluster _cluster;
    private readonly ClusterBounds _bounds;
    private readonly int _capacity;
    private readonly View[] _views;
    private readonly uint[] _known;
    private readonly long[] _since;
    private readonly uint[] _own;
    private readonly NodeAddress[] _addresses;

    public ClusterWatch(SimulatedCluster cluster, int capacity, ClusterBounds bounds)
    {
        _cluster = cluster;
        _bounds = bounds;
        _capacity = capacity;
        _views = new View[capacity * capacity];
        _known = new uint[capacity * capacity];
        _since = new long[capacity * capacity];
        _own = new uint[capacity];
        _addresses = new NodeAddress[capacity * capacity];
    }

    private enum View : byte
    {
        Unknown,
        Live,
        Dead,
        Left,
    }

    public List<string> Violations { get; } = [];

    /// <summary>Since when the network does nothing worse than delay a little; <see cref="long.MaxValue"/> while it does.</summary>
    public long CalmSince { get; set; }

    /// <summary>The longest time somebody who lived was believed dead, of those that count.</summary>
    public TimeSpan LongestLiveBelievedDead { get; private set; }

    /// <summary>The longest time a crash was not known to somebody, of those that count.</summary>
    public TimeSpan LongestCrashUnknown { get; private set; }

    public int LongestQueue { get; private set; }

    public int MostTimers { get; private set; }

    /// <summary>How often a node that ran undisturbed was believed dead.</summary>
    public int FalseDeaths { get; private set; }

    /// <summary>How often it was by one that ran undisturbed as well.</summary>
    public int FalseDeathsAmongHealthy { get; private set; }

    public void Did(string what)
    {
    }

    public void Exchanged(SimulatedNode from, SimulatedNode to)
    {
    }

    public void Started(SimulatedNode node)
    {
        for (var other = 0; other < _capacity; other++)
            Set(node.Index, other, View.Unknown, 0);
        _own[node.Index] = 0;
    }

    public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
    {
    }

    public void Happened(SimulatedNode node, in ProtocolEvent happened)
    {
        if (happened.Record is null)
            return;
        var about = SimulatedNode.IndexOf(happened.Record.Address);
        switch (happened.Kind)
        {
            case EventKind.Joined:
                Learn(node, about, View.Live, happened.Incarnation, isJoin: true, happened.Record.Address);
                break;
            case EventKind.Updated or EventKind.Suspected or EventKind.Cleared:
                Learn(node, about, View.Live, happened.Incarnation);
                break;
            case EventKind.Failed:
                if (_cluster.Nodes[about] is { IsRunning: true, HasLeft: false, IsDisturbed: false })
                {
                    FalseDeaths++;
                    FalseDeathsAmongHealthy += node.IsDisturbed ? 0 : 1;
                }

                Learn(node, about, View.Dead, happened.Incarnation);
                break;
            case EventKind.Left:
                Learn(node, about, View.Left, happened.Incarnation);
                break;
            case EventKind.Forgotten:
                Set(node.Index, about, View.Unknown, 0);
                break;
            case EventKind.Refuted:
                if (happened.Incarnation <= _own[node.Index])
                    Violate($"{node.Name} went back from incarnation {_own[node.Index]} to {happened.Incarnation}");
                _own[node.Index] = happened.Incarnation;
                break;
        }
    }

    /// <summary>Looks at all of it; to be called every so often.</summary>
    public void Check()
    {
        foreach (var observer in _cluster.Nodes)
        {
            if (!observer.IsRunning || observer.HasLeft)
                continue;
            LongestQueue = Math.Max(LongestQueue, observer.Core.QueueLength);
            if (observer.Core.QueueLength > observer.Core.MemberCount)
                Violate($"{observer.Name} queues {observer.Core.QueueLength} messages about {observer.Core.MemberCount} members");
            if (observer.Core.UserQueueLength > observer.Core.Settings.MaxQueuedMessages)
                Violate($"{observer.Name} queues {observer.Core.UserQueueLength} messages of the application");
            if (observer.Core.ClaimCount > observer.Core.MemberCount)
                Violate($"{observer.Name} keeps {observer.Core.ClaimCount} claims of {observer.Core.MemberCount} names");
            MostTimers = Math.Max(MostTimers, observer.Core.TimerCount);
            if (observer.Core.TimerCount > TimersOfNode + (TimersOfMember * observer.Core.MemberCount))
                Violate($"{observer.Name} has set {observer.Core.TimerCount} timers with {observer.Core.MemberCount} members");
            if (observer.CalmSince == long.MaxValue || CalmSince == long.MaxValue)
                continue;
            foreach (var node in _cluster.Nodes)
                Check(observer, node);
        }
    }

    /// <summary>Whether all that run believe the same of all, and it is so.</summary>
    public bool HasConverged(out string difference)
    {
        difference = "";
        List<MemberView> members = [];
        foreach (var observer in _cluster.Nodes.Where(static node => node is { IsRunning: true, HasLeft: false }))
        {
            members.Clear();
            observer.Core.CopyMembers(members);
            var seen = members.ToDictionary(static member => SimulatedNode.IndexOf(member.Record.Address));
            foreach (var node in _cluster.Nodes)
            {
                var isMember = node is { IsRunning: true, HasLeft: false };
                var believed = seen.TryGetValue(node.Index, out var view) && view.State is MemberState.Alive or MemberState.Suspect;
                if (isMember != believed)
                    difference = $"{observer.Name} believes that {node.Name} is {(believed ? "there" : "not there")}";
                else if (isMember && (view.State != MemberState.Alive || view.Incarnation != node.Core.Incarnation || view.Record.Address != node.Address))
                    difference = $"{observer.Name} believes that {node.Name} is {view.State} in {view.Incarnation} at {view.Record.Address}, it is in {node.Core.Incarnation} at {node.Address}";
                else if (isMember && !view.Record.Meta.SequenceEqual(node.Core.Self.Meta))
                    difference = $"{observer.Name} does not know what {node.Name} says of itself";
            }
        }

        return difference.Length == 0;
    }

    private void Check(SimulatedNode observer, SimulatedNode node)
    {
        if (node == observer || node.CalmSince == long.MaxValue || node.HasLeft || node.Life == 0 || observer.Group != node.Group)
            return;
        var at = (observer.Index * _capacity) + node.Index;
        var calm = Math.Max(CalmSince, Math.Max(observer.CalmSince, node.CalmSince));
        var lasts = TimeSpan.FromTicks(_cluster.Ticks - Math.Max(calm, _since[at]));
        if (node.IsRunning && node.HasJoined && observer.HasJoined && _views[at] != View.Live)
        {
            LongestLiveBelievedDead = lasts > LongestLiveBelievedDead ? lasts : LongestLiveBelievedDead;
            if (lasts > _bounds.LiveBelievedDead)
                Violate($"{observer.Name} has believed for {lasts.TotalSeconds:0} s that {node.Name} is {_views[at]}, which lives");
        }
        else if (!node.IsRunning && _views[at] == View.Live)
        {
            // What it is known for does not matter here: it has been dead since it crashed.
            lasts = TimeSpan.FromTicks(_cluster.Ticks - calm);
            LongestCrashUnknown = lasts > LongestCrashUnknown ? lasts : LongestCrashUnknown;
            if (lasts > _bounds.CrashUnknown)
                Violate($"{observer.Name} has not known for {lasts.TotalSeconds:0} s that {node.Name} crashed");
        }
    }

    private void Learn(SimulatedNode observer, int about, View view, uint incarnation, bool isJoin = false, NodeAddress address = default)
    {
        var at = (observer.Index * _capacity) + about;
        // A name that is taken over by a process elsewhere counts anew.
        var mayBeginAnew = isJoin && _addresses[at] != address;
        if (isJoin)
            _addresses[at] = address;
        if (incarnation < _known[at] && !mayBeginAnew)
            Violate($"{observer.Name} went back from incarnation {_known[at]} of {_cluster.Nodes[about].Name} to {incarnation}");
        Set(observer.Index, about, view, incarnation);
    }

    private void Set(int observer, int about, View view, uint incarnation)
    {
        var at = (observer * _capacity) + about;
        if (_views[at] != view)
            _since[at] = _cluster.Ticks;
        _views[at] = view;
        _known[at] = incarnation;
    }

    private void Violate(string what) => Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{_cluster.Now.TotalSeconds,8:0.000}  {what}"));
}
