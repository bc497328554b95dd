namespace Rollcall.Gossip.Wire;

/// <summary>What is accepted at most. memberlist bounds few of these; each of them was somebody's way to exhaust a peer.</summary>
internal static class WireLimits
{
    /// <summary>Serf allows 128 characters; this is what fits one length byte.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>memberlist's own limit for senders, which its receivers do not check.</summary>
    public const int MaxMetaBytes = 512;

    public const int MaxErrorBytes = 1024;

    /// <summary>Of values nested in a field nobody here knows.</summary>
    public const int MaxValueDepth = 16;

    /// <summary>The largest payload of UDP over IPv4.</summary>
    public const int MaxPacketBytes = 65507;

    /// <summary>What all compressed parts of one packet may expand to together; a full packet of gossip has 1,400 bytes.</summary>
    public const int MaxUnpackedPacketBytes = 64 * 1024;

    /// <summary>Wrappers within wrappers. Peers put a compound into a compression, which is two.</summary>
    public const int MaxNesting = 4;

    /// <summary>Messages of one packet, whatever they are nested in. memberlist splits at 255.</summary>
    public const int MaxMessagesPerPacket = 1024;

    /// <summary>Parts of a compound that is sent: old peers misread the table of a longer one.</summary>
    public const int MaxPartsSent = 127;

    public const int MaxLabelBytes = 255;

    /// <summary>A map on a stream that is not bounded by what it says itself: a header, a node, a ping.</summary>
    public const int MaxStreamElementBytes = 8 * 1024;

    /// <summary>Values in one element of a stream, so that reading it again when more has arrived stays cheap.</summary>
    public const int MaxStreamElementValues = 1024;

    public const int MaxPushPullNodes = 1 << 20;

    /// <summary>Of a push/pull, a user message or an encrypted frame on a stream; memberlist's limit for each.</summary>
    public const int MaxStreamBytes = 20 * 1024 * 1024;
}
