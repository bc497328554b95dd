namespace Rollcall.Gossip.Serf;

/// <summary>Orders what happens at different nodes without a common time (Lamport 1978): later than all one has heard of.</summary>
internal sealed class LamportClock(ulong start = 1)
{
    /// <summary>Times beyond are refused: they would bring the clock to its end, after which nothing is ever later. Who was cut off for long is behind by what happened meanwhile, which is less.</summary>
    public const ulong MaxJump = 1UL << 32;

    /// <summary>Nor is any time beyond this believed, by however many steps it is come to: no clock is ever set to 0.</summary>
    public const ulong MaxTime = 1UL << 62;

    public ulong Time { get; private set; } = start;

    /// <summary>The time now; the next is later.</summary>
    public ulong Next() => Time++;

    /// <summary>Whether the time is not too far ahead.</summary>
    public bool Believes(ulong time) => time <= Time || (time - Time <= MaxJump && time <= MaxTime);

    /// <summary>False where the time is too far ahead to be believed.</summary>
    public bool Witness(ulong time)
    {
        if (!Believes(time))
            return false;
        if (time >= Time)
            Time = time + 1;
        return true;
    }
}
