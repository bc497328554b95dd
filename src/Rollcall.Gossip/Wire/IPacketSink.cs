namespace Rollcall.Gossip.Wire;

/// <summary>Who gets what was in a packet, while it is read.</summary>
internal interface IPacketSink
{
    /// <summary>One message of a type that packets have, the type first; valid until this returns.</summary>
    void Accept(ReadOnlySpan<byte> message);

    /// <summary>A part, or all of it, was refused; the reason is a constant text. Other parts may still come.</summary>
    void Refuse(string reason);
}
