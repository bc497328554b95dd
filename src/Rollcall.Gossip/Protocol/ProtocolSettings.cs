using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>What the protocol runs by. The defaults are memberlist's for a LAN; all members of a cluster should have the same.</summary>
internal sealed record ProtocolSettings
{
    /// <summary>One member is probed in each; the unit that suspicion is counted in.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without an ack others are asked to try. Never scaled: only the whole round is.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many others are asked; k of the SWIM paper.</summary>
    public int IndirectChecks { get; init; } = 3;

    public int RetransmitMult { get; init; } = 4;

    public int SuspicionMult { get; init; } = 4;

    /// <summary>1 makes suspicion last the same however many confirm it: plain SWIM.</summary>
    public int SuspicionMaxTimeoutMult { get; init; } = 6;

    /// <summary>Zero: no exchange but at joins.</summary>
    public TimeSpan PushPullInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The health score is below this; 1 means that there is none.</summary>
    public int AwarenessMaxMultiplier { get; init; } = 8;

    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    public int GossipNodes { get; init; } = 3;

    /// <summary>So long does a dead member get gossip, that it may object; after that it is forgotten.</summary>
    public TimeSpan GossipToTheDeadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After this long the name of a dead member may come back from another address. Zero: not before it is forgotten.</summary>
    public TimeSpan DeadNodeReclaimTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a failed member may be tried again, so that two halves that gave each other up meet again. Zero: never.</summary>
    public TimeSpan ReconnectInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the incarnation and address of a forgotten member are kept.</summary>
    public TimeSpan TombstoneTime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A ping over TCP beside the indirect ones.</summary>
    public bool StreamPings { get; init; } = true;

    /// <summary>Lifeguard's nacks: without them a missing answer of a helper says nothing about this node.</summary>
    public bool Nacks { get; init; } = true;

    /// <summary>
    /// A nack is sent after this part of the timeout, as the paper of Lifeguard has it (section 4.1). memberlist sends it at the end: where the timeout is half of the interval, as in a LAN, it then comes just after
    /// the round that it is for, and every crash counts against the health of who finds it. An ack is passed on until the end.
    /// </summary>
    public int NackPercent { get; init; } = 80;

    /// <summary>Lifeguard's buddy system: a suspect is told with the next ping.</summary>
    public bool TellSuspects { get; init; } = true;

    /// <summary>What this protocol adds to Lifeguard: a node that hears nothing, or was not run, doubts itself first; accusers have credit; flapping members get more time;
    /// numbers that run far ahead are asked for. Without it a node believes whatever memberlist does.</summary>
    public bool Guards { get; init; } = true;

    /// <summary>Bytes of a datagram, wrappers included.</summary>
    public int PacketBudget { get; init; } = 1400;

    /// <summary>Bytes that the label and the encryption take of a datagram.</summary>
    public int WrapperOverhead { get; init; }

    public int MaxMembers { get; init; } = 1 << 17;

    /// <summary>Of what waits to be gossiped for the application.</summary>
    public int MaxQueuedMessages { get; init; } = 4096;

    public ProtocolVersions Versions { get; init; } = ProtocolVersions.Default;

    public static ProtocolSettings Lan { get; } = new();

    public static ProtocolSettings Wan { get; } = new()
    {
        ProbeInterval = TimeSpan.FromSeconds(5),
        ProbeTimeout = TimeSpan.FromSeconds(3),
        SuspicionMult = 6,
        PushPullInterval = TimeSpan.FromSeconds(60),
        GossipInterval = TimeSpan.FromMilliseconds(500),
        GossipNodes = 4,
        GossipToTheDeadTime = TimeSpan.FromSeconds(60),
        DeadNodeReclaimTime = TimeSpan.FromSeconds(60),
    };

    public static ProtocolSettings Local { get; } = new()
    {
        ProbeTimeout = TimeSpan.FromMilliseconds(200),
        IndirectChecks = 1,
        RetransmitMult = 2,
        SuspicionMult = 3,
        PushPullInterval = TimeSpan.FromSeconds(15),
        GossipInterval = TimeSpan.FromMilliseconds(100),
        GossipToTheDeadTime = TimeSpan.FromSeconds(15),
        DeadNodeReclaimTime = TimeSpan.FromSeconds(15),
    };

    /// <summary>Without what this protocol adds: what memberlist does. What others are, and what the cost of the rest is measured against.</summary>
    public ProtocolSettings AsMemberlist() => this with { Guards = false, NackPercent = 100 };

    /// <summary>Without what Lifeguard and this protocol add: the SWIM paper with suspicion. What the gain is measured against.</summary>
    public ProtocolSettings AsPlainSwim() => this with
    {
        AwarenessMaxMultiplier = 1,
        SuspicionMaxTimeoutMult = 1,
        Nacks = false,
        TellSuspects = false,
        StreamPings = false,
        Guards = false,
    };
}
