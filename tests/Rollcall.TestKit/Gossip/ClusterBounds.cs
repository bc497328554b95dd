using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>How long what is wrong may last, counted from when all that it takes to mend it is sound (<see cref="SoundNodes"/>).</summary>
/// <param name="CrashUnknown">Until a sound node knows that another crashed or left.</param>
/// <param name="LiveBelievedDead">Until a sound node knows again of a sound one that it lives.</param>
/// <param name="NameHeld">So much longer where that lives at another address than before: its name has to be free first.</param>
/// <param name="Convergence">Until all believe the same, once all is calm.</param>
internal sealed record ClusterBounds(TimeSpan CrashUnknown, TimeSpan LiveBelievedDead, TimeSpan NameHeld, TimeSpan Convergence)
{
    /// <summary>
    /// Bounds whose part about the living is what the protocol's formulas come to. Whoever believes one dead that lives is set right by gossip, mostly at once: the dead are gossiped to as well, and object. Where all of that
    /// was lost it is the next exchange of states that mends it: either the partner knows better, or it hears of the death, suspects, and has the member object. An exchange may find a partner that does not answer, as fewer
    /// than half are unsound; so it is two of those that the node begins itself, not counting those that others begin with it. Then come two rumours: the accusation's and the objection's.
    /// </summary>
    public static ClusterBounds Of(ProtocolSettings settings, int members, TimeSpan crashUnknown, TimeSpan convergence)
    {
        var exchange = TimeSpan.FromTicks(Scaling.PushPullInterval(settings.PushPullInterval.Ticks, members));
        var rumour = settings.GossipInterval * Scaling.RetransmitLimit(settings.RetransmitMult, members);

        // Without reclaiming a name is free when its member is forgotten, which is done at the end of a pass of probing; a node that feels ill takes twice as long for one before long.
        var forgotten = settings.GossipToTheDeadTime + (2 * members * settings.ProbeInterval);
        return new(crashUnknown, 2 * (exchange + rumour), settings.DeadNodeReclaimTime > TimeSpan.Zero ? settings.DeadNodeReclaimTime : forgotten, convergence);
    }
}
