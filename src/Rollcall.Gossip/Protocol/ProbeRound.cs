using System.Runtime.InteropServices;

namespace Rollcall.Gossip.Protocol;

/// <summary>One probe: whom, since when, and what has come of it so far.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProbeRound
{
    public bool IsUnderWay;
    public int Target;
    public long Began;
    public long Ends;

    /// <summary>How many messages had come from anybody when it began.</summary>
    public long HeardBefore;

    /// <summary>Drawn at random for each round: who did not see the ping cannot make an ack for it.</summary>
    public uint SeqNo;

    /// <summary>Others have been asked to ping the target.</summary>
    public bool IsHelped;

    public int Helpers;
    public int ExpectedNacks;
    public int Nacks;
    public bool IsAnsweredByStream;

    /// <summary>Acks with the right number came from an address where nobody was asked.</summary>
    public bool HasStrayAck;

    /// <summary>Its time is over, and what comes a little late is still waited for.</summary>
    public bool IsOvertime;

    /// <summary>This node was not run for a part of it, so that it measured no time.</summary>
    public bool IsPaused;

    public bool IsTickMissed;

    public readonly bool Is(uint seqNo) => IsUnderWay && SeqNo == seqNo;
}
