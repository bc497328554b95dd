using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>What a user has set, as the parts below have it.</summary>
internal static class HostSettings
{
    public static WireOptions WireOf(GossipOptions options) => new()
    {
        Label = Encoding.UTF8.GetBytes(options.Label),
        Keyring = options.Keyring,
        VerifyIncoming = options.VerifyIncoming,
        VerifyOutgoing = options.VerifyOutgoing,
        Compress = options.Compress,
    };

    /// <summary>What the node says of itself at first: tags where Serf is spoken, which are never nothing.</summary>
    public static ReadOnlyMemory<byte> MetadataOf(GossipOptions options) => options.Serf ? SerfTags.Encode(options.Tags.AsReadOnly()) : options.Metadata;

    public static ProtocolSettings ProtocolOf(GossipOptions options, WireOptions wire) => new()
    {
        ProbeInterval = options.ProbeInterval,
        ProbeTimeout = options.ProbeTimeout,
        IndirectChecks = options.IndirectChecks,
        RetransmitMult = options.RetransmitMultiplier,
        SuspicionMult = options.SuspicionMultiplier,
        SuspicionMaxTimeoutMult = options.SuspicionMaxMultiplier,
        AwarenessMaxMultiplier = options.MaxHealthMultiplier,
        GossipInterval = options.GossipInterval,
        GossipNodes = options.GossipNodes,
        GossipToTheDeadTime = options.GossipToTheDeadTime,
        PushPullInterval = options.ExchangeInterval,
        ReconnectInterval = options.ReconnectInterval,
        DeadNodeReclaimTime = options.DeadNodeReclaimTime,
        PacketBudget = options.MaxPacketBytes,
        // A key may be added while it runs, and then costs its place in every packet.
        WrapperOverhead = wire.LabelOverhead + (options.VerifyOutgoing ? PacketCipher.MaxOverhead(wire.EncryptionVersion) : 0),
    };
}
