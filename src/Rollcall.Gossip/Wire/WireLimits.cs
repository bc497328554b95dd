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

    public const int MaxPushPullNodes = 1 << 20;

    /// <summary>Of a push/pull, a user message or an encrypted frame on a stream; memberlist's limit for each.</summary>
    public const int MaxStreamBytes = 20 * 1024 * 1024;
}
