using System.Net;

namespace Rollcall.Gossip;

/// <summary>
/// How a node takes part in a cluster. A new object has the values of <see cref="Lan"/>; start from <see cref="Local"/> or <see cref="Wan"/> for other networks. All
/// members of a cluster should have the same times and multipliers, or they expect things of each other that do not happen.
/// </summary>
public sealed class GossipOptions
{
    /// <summary>What the node is called: unique in the cluster, at most 128 bytes of UTF-8. The machine's name by default.</summary>
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>
    /// Where to listen, for UDP and TCP alike. This machine alone, at 7946, by default: the port that Serf has; port 0 takes a free one. A node that listens there joins nobody on another machine. Another address needs a <see cref="Keyring"/>, or
    /// <see cref="AllowAnyone"/>.
    /// </summary>
    public IPEndPoint Bind { get; set; } = new(IPAddress.Loopback, 7946);

    /// <summary>True listens beyond this machine without a key, or without <see cref="VerifyIncoming"/>, although whoever reaches the port can join the cluster and say what they like of its members. False by default.</summary>
    public bool AllowAnyone { get; set; }

    /// <summary>What others are told to reach this node by. By default the address it listens at, or, when that is any, one of this machine: that from which packets to the rest of the world leave, or a private one, or any that is not of loopback or a link alone; where there is none the node does not start. Port 0 is the port it listens at.</summary>
    public IPEndPoint? Advertise { get; set; }

    /// <summary>What is told to all of this node; at most 512 bytes. Can be changed later.</summary>
    public ReadOnlyMemory<byte> Metadata { get; set; }

    /// <summary>
    /// Whether to speak what Serf agents put on top, which a cluster with agents needs: a leave is announced before it is done, so that they do not take it for a crash,
    /// their events and questions are passed on, and what a node says of itself are tags. False by default.
    /// </summary>
    public bool Serf { get; set; }

    /// <summary>With <see cref="Serf"/>, what is told to all of this node in place of <see cref="Metadata"/>; at most 512 bytes in all.</summary>
    public IDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The keys of the cluster. Nothing is encrypted while it is empty.</summary>
    public GossipKeyring Keyring { get; set; } = new();

    /// <summary>
    /// False accepts what is not encrypted although there is a key, while a cluster moves to encryption. Whoever reaches the port can then join, so that it needs <see cref="AllowAnyone"/> beyond this
    /// machine. True by default.
    /// </summary>
    public bool VerifyIncoming { get; set; } = true;

    /// <summary>False sends plain although there is a key, while a cluster moves to encryption. True by default.</summary>
    public bool VerifyOutgoing { get; set; } = true;

    /// <summary>A name in front of everything, so that two clusters do not become one by mistake; at most 255 bytes. Serf agents up to 0.9 understand none. Empty by default.</summary>
    public string Label { get; set; } = "";

    /// <summary>Whether what gets smaller by it is compressed. Everybody understands it. True by default.</summary>
    public bool Compress { get; set; } = true;

    /// <summary>One member is probed in each. Shorter finds a crash sooner and costs one more packet and ack per node and second; suspicion is counted in it. 1 s; 5 s in a WAN, where a probe takes longer.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a probe waits for its ack before others are asked to try: above the 99th percentile of the round trip. 500 ms; 200 ms on one machine; 3 s in a WAN.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many others are asked to try. More of them survive more lost packets, and cost that many when a member is gone. At most 16. 3; 1 on one machine, where nothing is lost on the way.</summary>
    public int IndirectChecks { get; set; } = 3;

    /// <summary>A rumour is sent this often times ⌈log10(n + 1)⌉, n being the live members: with 4, 4 times among up to 9, 8 times up to 99. More reaches everybody in spite of more loss, and costs bandwidth. 4; 2 on one machine.</summary>
    public int RetransmitMultiplier { get; set; } = 4;

    /// <summary>A suspect has this many probe intervals times max(1, log10(n)), at least, to object. Longer forgives slow nodes and finds crashes later. 4; 6 in a WAN, where an objection travels longer; 3 on one machine.</summary>
    public int SuspicionMultiplier { get; set; } = 4;

    /// <summary>A suspicion that nobody confirms takes this many times as long, so that one sick accuser does little harm. 6 everywhere, as in the paper of Lifeguard.</summary>
    public int SuspicionMaxMultiplier { get; set; } = 6;

    /// <summary>The health score of a node that misses acks rises to one less than this, and its probes take that many times as long. 8 everywhere, as in the paper of Lifeguard.</summary>
    public int MaxHealthMultiplier { get; set; } = 8;

    /// <summary>How often rumours are sent. Shorter spreads faster, with more and smaller packets. 200 ms; 100 ms on one machine; 500 ms in a WAN.</summary>
    public TimeSpan GossipInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>To how many members each time, at most 32. 3; 4 in a WAN, where there are fewer times.</summary>
    public int GossipNodes { get; set; } = 3;

    /// <summary>How long a dead member still hears rumours, so that it can object. 30 s; 15 s on one machine; 60 s in a WAN, where a partition lasts longer.</summary>
    public TimeSpan GossipToTheDeadTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the whole state is exchanged with one member; stretched in clusters of more than 32. It mends what rumours missed and costs the whole state each time. 30 s; 15 s on one machine; 60 s in a WAN. Zero: never.</summary>
    public TimeSpan ExchangeInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often one of the failed members may be tried again, so that two halves that gave each other up meet again. 30 s everywhere, as Serf does. Zero: never.</summary>
    public TimeSpan ReconnectInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After this long the name of a dead member belongs to who claims it at another address: a container that is started again elsewhere is a member then. Shorter lets it back sooner, and gives a member that was
    /// only cut off less time to come back to its name. 30 s, as Consul does; 15 s on one machine; 60 s in a WAN: as long as a dead member may object, by <see cref="GossipToTheDeadTime"/>. At its own address a
    /// member comes back at once, and the name of one that left is free at once, whatever this is. Zero keeps the name until the member is forgotten, as Serf's agents do: half a minute and then a whole
    /// pass of probing, which is one <see cref="ProbeInterval"/> for each member.
    /// </summary>
    public TimeSpan DeadNodeReclaimTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For a whole exchange over TCP, the connect included. 10 s; 1 s on one machine; 30 s in a WAN.</summary>
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Incoming connections at once; half of them for one address. 128 everywhere, as memberlist has it.</summary>
    public int MaxStreams { get; set; } = 128;

    /// <summary>Bytes of a datagram, all wrappers included: what goes through every tunnel on the way without being cut up. 1400 everywhere.</summary>
    public int MaxPacketBytes { get; set; } = 1400;

    /// <summary>How long leaving may take until all are told. 5 s; 15 s in a WAN.</summary>
    public TimeSpan LeaveTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before seeds are tried again when none answered, at first; doubled each time, and up to all of it taken away at random. 1 s everywhere.</summary>
    public TimeSpan JoinRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries of the seeds. 30 s everywhere: a cluster that comes back is found soon, and is not stormed.</summary>
    public TimeSpan MaxJoinRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is changed later in these, or in what was given to them, does not change a copy; but the keyring is the same.</summary>
    internal GossipOptions Copy()
    {
        var copy = (GossipOptions)MemberwiseClone();
        copy.Bind = Bind is null ? null! : new(Bind.Address, Bind.Port);
        copy.Advertise = Advertise is null ? null : new(Advertise.Address, Advertise.Port);
        copy.Metadata = Metadata.ToArray();
        copy.Tags = Tags is null ? null! : new Dictionary<string, string>(Tags, StringComparer.Ordinal);
        return copy;
    }

    /// <summary>For one data centre: round trips of milliseconds, some loss.</summary>
    public static GossipOptions Lan() => new();

    /// <summary>For several data centres: round trips of hundreds of milliseconds.</summary>
    public static GossipOptions Wan() => new()
    {
        ProbeInterval = TimeSpan.FromSeconds(5),
        ProbeTimeout = TimeSpan.FromSeconds(3),
        SuspicionMultiplier = 6,
        GossipInterval = TimeSpan.FromMilliseconds(500),
        GossipNodes = 4,
        GossipToTheDeadTime = TimeSpan.FromSeconds(60),
        DeadNodeReclaimTime = TimeSpan.FromSeconds(60),
        ExchangeInterval = TimeSpan.FromSeconds(60),
        StreamTimeout = TimeSpan.FromSeconds(30),
        LeaveTimeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>For one machine: nothing is lost, and everything should be seen soon.</summary>
    public static GossipOptions Local() => new()
    {
        ProbeTimeout = TimeSpan.FromMilliseconds(200),
        IndirectChecks = 1,
        RetransmitMultiplier = 2,
        SuspicionMultiplier = 3,
        GossipInterval = TimeSpan.FromMilliseconds(100),
        GossipToTheDeadTime = TimeSpan.FromSeconds(15),
        DeadNodeReclaimTime = TimeSpan.FromSeconds(15),
        ExchangeInterval = TimeSpan.FromSeconds(15),
        StreamTimeout = TimeSpan.FromSeconds(1),
    };
}
