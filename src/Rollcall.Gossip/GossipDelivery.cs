namespace Rollcall.Gossip;

/// <summary>How a message goes to a member.</summary>
public enum GossipDelivery
{
    /// <summary>In a datagram, which may be lost or come twice.</summary>
    BestEffort = 0,

    /// <summary>Over TCP; the member has taken it when the call returns.</summary>
    Reliable = 1,
}
