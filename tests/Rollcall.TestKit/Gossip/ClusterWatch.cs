using System.Globalization;
using Rollcall.Gossip;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>
/// Watches a run and notes every violation of what must always hold, whatever the weather: no sound node (<see cref="SoundNodes"/>) believes another one dead for longer than the bound; each learns of every crash and every
/// leave within the bound; nobody declares a member dead by its own finding whom it has not suspected for the least time there is; incarnations never go back; queues stay bounded; packets are as they are to be; and, once all is
/// calm, all believe the same.
/// </summary>
internal sealed class ClusterWatch : IClusterObserver
{
    // Its own rounds and what it does for those of others; and for each member those of a suspicion, each time somebody confirms it, of one before that is over, and of a name that will be free.
    private const int TimersOfNode = 64;
    private const int TimersOfMember = 8;

    // More than this in a packet agents misread.
    private const int MostParts = 127;

    private readonly SimulatedCluster _cluster;
    private readonly ClusterBounds _bounds;
    private readonly int _capacity;
    private readonly View[] _views;
    private readonly uint[] _known;
    private readonly long[] _since;
    private readonly uint[] _own;
    private readonly long[] _suspectedSince;
    private readonly NodeAddress[] _addresses;
    private readonly SoundNodes _sound;

    public ClusterWatch(SimulatedCluster cluster, int capacity, ClusterBounds bounds)
    {
        _cluster = cluster;
        _bounds = bounds;
        _capacity = capacity;
        _views = new View[capacity * capacity];
        _known = new uint[capacity * capacity];
        _since = new long[capacity * capacity];
        _suspectedSince = new long[capacity * capacity];
        _own = new uint[capacity];
        _addresses = new NodeAddress[capacity * capacity];
        _sound = new(cluster, capacity);
    }

    private enum View : byte
    {
        Unknown,
        Live,
        Dead,
        Left,
    }

    public List<string> Violations { get; } = [];

    /// <summary>The longest time a sound node believed a sound one dead.</summary>
    public TimeSpan LongestLiveBelievedDead { get; private set; }

    /// <summary>The longest time a sound node did not know that one is alive which has moved.</summary>
    public TimeSpan LongestMoveUnknown { get; private set; }

    /// <summary>The longest time a crash or a leave was not known to a sound node.</summary>
    public TimeSpan LongestCrashUnknown { get; private set; }

    /// <summary>How often a node found one dead although both were sound for as long as the suspicion must have lasted.</summary>
    public int SoundDeaths { get; private set; }

    /// <summary>How long sound nodes believed sound ones dead that had not moved, each time.</summary>
    public List<TimeSpan> WronglyDead { get; } = [];

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
        if (packet.Messages is < 1 or > MostParts || packet.Length > from.Core.Settings.PacketBudget)
            Violate($"{from.Name} sends a packet of {packet.Messages} messages and {packet.Length} bytes");
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
            case EventKind.Suspected:
                _suspectedSince[(node.Index * _capacity) + about] = _cluster.Ticks;
                Learn(node, about, View.Live, happened.Incarnation);
                break;
            case EventKind.Updated or EventKind.Cleared:
                Learn(node, about, View.Live, happened.Incarnation);
                break;
            case EventKind.Failed:
                if (_cluster.Nodes[about] is { IsRunning: true, HasLeft: false, IsDisturbed: false })
                {
                    FalseDeaths++;
                    FalseDeathsAmongHealthy += node.IsDisturbed ? 0 : 1;
                }

                Judge(node, _cluster.Nodes[about], happened);
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

    /// <summary>To be told of each change of the network, which may have made nodes sound or unsound.</summary>
    public void NetworkChanged() => _sound.Look();

    public bool IsSound(SimulatedNode node) => _sound.Is(node) && !node.IsDisturbed;

    /// <summary>Looks at all of it; to be called every so often.</summary>
    public void Check()
    {
        _sound.Look();
        foreach (var observer in _cluster.Nodes)
        {
            if (!observer.IsRunning || observer.HasLeft)
                continue;
            CheckSizes(observer);
            if (!_sound.Is(observer))
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

    private void CheckSizes(SimulatedNode observer)
    {
        var core = observer.Core;
        LongestQueue = Math.Max(LongestQueue, core.QueueLength);
        if (core.QueueLength > core.MemberCount)
            Violate($"{observer.Name} queues {core.QueueLength} messages about {core.MemberCount} members");
        if (core.UserQueueLength > core.Settings.MaxQueuedMessages)
            Violate($"{observer.Name} queues {core.UserQueueLength} messages of the application");
        if (core.ClaimCount > core.MemberCount)
            Violate($"{observer.Name} keeps {core.ClaimCount} claims of {core.MemberCount} names");
        MostTimers = Math.Max(MostTimers, core.TimerCount);
        if (core.TimerCount > TimersOfNode + (TimersOfMember * core.MemberCount))
            Violate($"{observer.Name} has set {core.TimerCount} timers with {core.MemberCount} members");
    }

    private void Check(SimulatedNode observer, SimulatedNode node)
    {
        if (node == observer || node.Life == 0)
            return;
        var at = (observer.Index * _capacity) + node.Index;
        if (_sound.Is(node) && _views[at] != View.Live)
        {
            Violate(observer, node, WrongFor(observer, node));
        }
        else if (!(node.IsRunning && !node.HasLeft) && _views[at] == View.Live)
        {
            var lasts = TimeSpan.FromTicks(_cluster.Ticks - Math.Max(_sound.Since(observer), node.CalmSince));
            LongestCrashUnknown = lasts > LongestCrashUnknown ? lasts : LongestCrashUnknown;
            if (lasts > _bounds.CrashUnknown)
                Violate($"{observer.Name} has not known for {lasts.TotalSeconds:0} s that {node.Name} {(node.HasLeft ? "left" : "crashed")}");
        }
    }

    // How long one has been believed dead that is sound by one that is.
    private TimeSpan WrongFor(SimulatedNode observer, SimulatedNode node) =>
        TimeSpan.FromTicks(_cluster.Ticks - Math.Max(_since[(observer.Index * _capacity) + node.Index], Math.Max(_sound.Since(observer), _sound.Since(node))));

    private void Violate(SimulatedNode observer, SimulatedNode node, TimeSpan lasts)
    {
        var at = (observer.Index * _capacity) + node.Index;
        var hasMoved = _addresses[at] != node.Address && _addresses[at] != default;
        if (hasMoved)
            LongestMoveUnknown = lasts > LongestMoveUnknown ? lasts : LongestMoveUnknown;
        else
            LongestLiveBelievedDead = lasts > LongestLiveBelievedDead ? lasts : LongestLiveBelievedDead;
        if (lasts > _bounds.LiveBelievedDead + (hasMoved ? _bounds.NameHeld : TimeSpan.Zero))
            Violate($"{observer.Name} has believed for {lasts.TotalSeconds:0} s that {node.Name} is {_views[at]}, which lives");
    }

    private void Judge(SimulatedNode observer, SimulatedNode node, in ProtocolEvent happened)
    {
        if (happened.Other?.Name != observer.Name)
            return;
        var settings = observer.Core.Settings;
        var least = settings.SuspicionMult * settings.ProbeInterval.Ticks; // more in a cluster of more than ten; how many it was when it began is not known here
        var at = (observer.Index * _capacity) + node.Index;

        // Clocks differ.
        var lasted = _cluster.Ticks - _suspectedSince[at];
        if (_views[at] != View.Live || lasted < least * 0.99)
            Violate($"{observer.Name} finds {node.Name} dead which it has suspected for {TimeSpan.FromTicks(lasted).TotalSeconds:0.0} s");
        if (_sound.IsSince(observer, _suspectedSince[at]) && _sound.IsSince(node, _suspectedSince[at]))
            SoundDeaths++;
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
        if (_views[at] == View.Dead && view == View.Live && !mayBeginAnew && _sound.Is(observer) && _sound.Is(_cluster.Nodes[about]))
            WronglyDead.Add(WrongFor(observer, _cluster.Nodes[about]));
        Set(observer.Index, about, view, incarnation);
    }

    private void Set(int observer, int about, View view, uint incarnation)
    {
        var at = (observer * _capacity) + about;
        if ((_views[at] == View.Live) != (view == View.Live))
            _since[at] = _cluster.Ticks;
        _views[at] = view;
        _known[at] = incarnation;
    }

    private void Violate(string what) => Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{_cluster.Now.TotalSeconds,8:0.000}  {what}"));
}
