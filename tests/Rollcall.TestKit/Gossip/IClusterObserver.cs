using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>Who watches a run.</summary>
internal interface IClusterObserver
{
    /// <summary>The test, or the simulation for it, did something to the cluster.</summary>
    void Did(string what);

    /// <summary>A state has arrived at <paramref name="to"/>, which answers with its own.</summary>
    void Exchanged(SimulatedNode from, SimulatedNode to);

    void Started(SimulatedNode node);

    void Happened(SimulatedNode node, in ProtocolEvent happened);

    void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects);
}
