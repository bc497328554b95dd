using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>Numbers of the protocol for whoever measures; written by the loop, read by anybody.</summary>
internal sealed class GossipVitals
{
    private int _healthScore;
    private int _rumours;
    private int _messages;

    public int HealthScore => Volatile.Read(ref _healthScore);

    public int QueuedRumours => Volatile.Read(ref _rumours);

    public int QueuedMessages => Volatile.Read(ref _messages);

    public void Take(SwimCore core)
    {
        Volatile.Write(ref _healthScore, core.HealthScore);
        Volatile.Write(ref _rumours, core.QueueLength);
        Volatile.Write(ref _messages, core.UserQueueLength);
    }
}
