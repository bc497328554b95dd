using System.Text;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>
/// Nodes of the gossip protocol on a network that exists only here, in a time that goes from event to event. One seed makes one run, the same one every time.
/// The network carries the messages of the core as they are: wrappers are tested elsewhere.
/// </summary>
internal sealed class SimulatedCluster
{
    private readonly SimulatedEvents _events = new();
    private readonly Effects _effects = new();
    private readonly NodeRecords _records;
    private readonly SimulatedTransport _transport;
    private readonly SimulatedPayloads<Action> _actions = new();
    private readonly List<SimulatedNode> _nodes = [];

    public SimulatedCluster(int seed, ProtocolSettings settings, NodeRecords? records = null)
    {
        Seed = seed;
        Random = new(seed);
        Settings = settings;
        Network = new(Random);
        _records = records ?? NodeRecords.Unshared;
        _transport = new(this, _events, _effects);
    }

    public int Seed { get; }

    /// <summary>All chance of the run comes from here.</summary>
    public Random Random { get; }

    public ProtocolSettings Settings { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public long Ticks { get; private set; }

    public TimeSpan Now => TimeSpan.FromTicks(Ticks);

    /// <summary>Events of the run, for what a run costs.</summary>
    public long EventsRun { get; private set; }

    /// <summary>Who watches, if anybody: told of everything a node tells.</summary>
    public IClusterObserver? Observer { get; set; }

    /// <summary>Makes the application of a node, if there is to be any.</summary>
    public Func<SimulatedNode, IGossipApplication?>? Application { get; set; }

    /// <summary>What a node runs by, where that is not what all do.</summary>
    public Func<SimulatedNode, ProtocolSettings>? SettingsOf { get; set; }

    /// <summary>Told of each process before it runs.</summary>
    public Action<SimulatedNode>? Starting { get; set; }

    /// <summary>Told of each process that has joined by another.</summary>
    public Action<SimulatedNode>? Joined { get; set; }

    public SimulatedNode Add()
    {
        var node = new SimulatedNode(_nodes.Count);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts the process of a node that does not run; it joins the others by itself, and tries again until it has.</summary>
    public void Start(SimulatedNode node, bool joins = true)
    {
        node.Life++;
        node.IsRunning = true;
        node.IsFrozen = false;
        node.IsBlocked = false;
        node.HasLeft = false;
        node.HasJoined = !joins;
        node.Inbox.Clear();
        node.Outbox.Clear();
        node.ArmedAt = long.MaxValue;
        node.CalmSince = Ticks;
        var record = _records.Make(Encoding.UTF8.GetBytes(node.Name), node.Address, default, Settings.Versions);
        node.Core = new(SettingsOf?.Invoke(node) ?? Settings, record, _effects, Random, Application?.Invoke(node), _records);
        Starting?.Invoke(node);
        Observer?.Started(node);
        node.Core.Start(node.LocalTime(Ticks));
        Settle(node);
        if (joins)
            _events.Add(new(Ticks, SimulatedEventKind.Join, node.Index, 0, node.Life, 0, 0));
    }

    public void Crash(SimulatedNode node)
    {
        Observer?.Did($"{node.Name} crashes");
        node.IsRunning = false;
        node.CalmSince = Ticks;
    }

    /// <summary>The node leaves, as the protocol does it or as something on top of it wants it done.</summary>
    public void Leave(SimulatedNode node, Action<SwimCore, long>? leave = null)
    {
        Observer?.Did($"{node.Name} leaves");
        node.HasLeft = true;
        node.CalmSince = Ticks;
        Do(node, leave ?? (static (core, now) => core.Leave(now)));
    }

    /// <summary>The process stands still, as after SIGSTOP or in a long collection of garbage.</summary>
    public void Freeze(SimulatedNode node, TimeSpan time)
    {
        Observer?.Did($"{node.Name} freezes for {time.TotalSeconds:0.#} s");
        FreezeFor(node, time.Ticks, messagesOnly: false);
    }

    /// <summary>
    /// The process stops so long every so often, until it is told not to. Or only its messages do, in and out, while its timers go on: what the authors of Lifeguard did to theirs.
    /// </summary>
    public void Slow(SimulatedNode node, TimeSpan stall, TimeSpan every, bool messagesOnly = false)
    {
        Observer?.Did(stall > TimeSpan.Zero ? $"{node.Name} becomes slow: {stall.TotalSeconds:0.#} of every {every.TotalSeconds:0.#} s" : $"{node.Name} is no longer slow");
        node.StallFor = stall.Ticks;
        node.StallEvery = every.Ticks;
        node.IsStallOfMessages = messagesOnly;
        if (node.IsRunning)
            node.CalmSince = stall > TimeSpan.Zero ? long.MaxValue : Ticks;
        if (stall > TimeSpan.Zero)
            _events.Add(new(Ticks + Random.NextInt64(every.Ticks), SimulatedEventKind.Stall, node.Index, 0, node.Life, 0, 0));
    }

    /// <summary>Makes calls of the node's core and has done what comes of them.</summary>
    public void Do(SimulatedNode node, Action<SwimCore, long> call)
    {
        call(node.Core, node.LocalTime(Ticks));
        Settle(node);
    }

    public void At(TimeSpan time, Action action) => _events.Add(new(time.Ticks, SimulatedEventKind.Action, -1, 0, 0, _actions.Add(action), 0));

    /// <summary>Every node knows every other, as though they had run for long.</summary>
    public void IntroduceAll()
    {
        // Gathered first: for ten thousand nodes it is asked a hundred million times.
        var members = _nodes.ConvertAll(static node => (node.Core.Self, node.Core.Incarnation));
        foreach (var node in _nodes)
        {
            node.Core.Reserve(members.Count);
            foreach (var (record, incarnation) in members)
                node.Core.Know(record, incarnation, node.LocalTime(Ticks)); // itself it knows already
            Settle(node);
        }
    }

    public void RunUntil(TimeSpan time)
    {
        while (_events.Next <= time.Ticks)
        {
            var next = _events.Take();
            Ticks = next.Time;
            EventsRun++;
            Run(next);
        }

        Ticks = time.Ticks;
    }

    private void Run(in SimulatedEvent next)
    {
        if (next.Kind == SimulatedEventKind.Action)
        {
            _actions.Take(next.Payload)();
            return;
        }

        var node = _nodes[next.Node];
        var isThere = node.IsRunning && node.Life == next.Life;
        switch (next.Kind)
        {
            case SimulatedEventKind.Packet:
                _transport.Deliver(node, isThere, next);
                break;
            case SimulatedEventKind.ExchangeArrives:
                _transport.AcceptState(node, isThere, next);
                break;
            case SimulatedEventKind.ExchangeAnswered:
                _transport.MergeState(node, isThere, next);
                break;
            default:
                if (isThere)
                    RunHere(node, next);
                break;
        }
    }

    private void RunHere(SimulatedNode node, in SimulatedEvent next)
    {
        switch (next.Kind)
        {
            case SimulatedEventKind.Timer when node.ArmedAt == next.Time:
                node.ArmedAt = long.MaxValue;
                if (node.IsFrozen)
                    break;
                node.Core.Advance(node.LocalTime(Ticks));
                Settle(node);
                break;
            case SimulatedEventKind.StreamPingEnds when !node.IsFrozen:
                node.Core.StreamPingEnded(next.Number, next.Peer >= 0 && _transport.Answers(node, _nodes[next.Peer]), node.LocalTime(Ticks));
                Settle(node);
                break;
            case SimulatedEventKind.Join when !node.HasJoined:
                TryJoin(node);
                break;
            case SimulatedEventKind.Thaw when node.IsFrozen || node.IsBlocked:
                Thaw(node);
                break;
            case SimulatedEventKind.Stall when node.StallFor > 0:
                FreezeFor(node, node.StallFor, node.IsStallOfMessages);
                _events.Add(new(Ticks + node.StallEvery, SimulatedEventKind.Stall, node.Index, 0, node.Life, 0, 0));
                break;
        }
    }

    private void FreezeFor(SimulatedNode node, long time, bool messagesOnly)
    {
        node.IsFrozen |= !messagesOnly;
        node.IsBlocked |= messagesOnly;
        node.CalmSince = long.MaxValue;
        _events.Add(new(Ticks + time, SimulatedEventKind.Thaw, node.Index, 0, node.Life, 0, 0));
    }

    // The worst order for it: its timers come before what the socket holds.
    private void Thaw(SimulatedNode node)
    {
        node.IsFrozen = false;
        node.IsBlocked = false;
        if (node.StallFor == 0)
            node.CalmSince = Ticks;
        _transport.SendHeld(node);
        node.Core.Advance(node.LocalTime(Ticks));
        Settle(node);
        _transport.ReceiveHeld(node);
    }

    private void TryJoin(SimulatedNode node)
    {
        var others = _nodes.Where(other => other != node && other.IsRunning && !other.HasLeft && other.HasJoined).ToArray();
        if (others.Length > 0)
            _transport.Dial(node, others[Random.Next(others.Length)].Address, join: true);
        // Again until it worked, after a while that is not everybody's.
        _events.Add(new(Ticks + TimeSpan.TicksPerSecond + Random.NextInt64(2 * TimeSpan.TicksPerSecond), SimulatedEventKind.Join, node.Index, 0, node.Life, 0, 0));
    }

    /// <summary>Has done what the node's last call wants done.</summary>
    public void Settle(SimulatedNode node)
    {
        foreach (ref readonly var packet in _effects.Packets)
            _transport.Send(node, packet);
        foreach (ref readonly var ping in _effects.StreamPings)
            _transport.PingOverStream(node, ping);
        foreach (ref readonly var exchange in _effects.Exchanges)
            _transport.Dial(node, exchange.Partner.Address, exchange.Join);
        if (Observer is not null)
        {
            foreach (ref readonly var happened in _effects.Events)
                Observer.Happened(node, happened);
        }

        _effects.Clear();
        Arm(node);
    }

    private void Arm(SimulatedNode node)
    {
        if (node.Core.NextDeadline == TimerQueue.Never)
            return;
        var due = Math.Max(Ticks, node.TimeOf(node.Core.NextDeadline));
        if (due >= node.ArmedAt)
            return;
        node.ArmedAt = due;
        _events.Add(new(due, SimulatedEventKind.Timer, node.Index, 0, node.Life, 0, 0));
    }
}
