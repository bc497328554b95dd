namespace Rollcall.Gossip.Messages;

/// <summary>A relay's word that it is well and that the target did not answer it.</summary>
internal readonly struct Nack(uint seqNo)
{
    public uint SeqNo { get; } = seqNo;
}
