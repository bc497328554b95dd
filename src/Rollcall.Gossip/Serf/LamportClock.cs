namespace Rollcall.Gossip.Serf;

/// <summary>Orders what happens at different nodes without a common time (Lamport 1978): later than all one has heard of.</summary>
internal sealed class LamportClock
{
    /// <summary>Times beyond are refused: they would bring the clock to its end, after which nothing is ever later.</summary>
    public const ulong MaxJump = 1UL << 32;

    public ulong Time { get; private set; } = 1;

    /// <summary>The time now; the next is later.</summary>
    public ulong Next() => Time++;

    /// <summary>False where the time is too far ahead to be believed.</summary>
    public bool Witness(ulong time)
    {
        if (time > Time && time - Time > MaxJump)
            return false;
        if (time >= Time)
            Time = time + 1;
        return true;
    }
}
