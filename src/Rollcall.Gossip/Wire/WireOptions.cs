namespace Rollcall.Gossip.Wire;

/// <summary>What wraps the messages of a node, in and out.</summary>
internal sealed record WireOptions
{
    /// <summary>Separates clusters by accident only: it is readable. Agents before memberlist 0.3 do not know it.</summary>
    public byte[] Label { get; init; } = [];

    public GossipKeyring Keyring { get; init; } = new();

    /// <summary>False lets plain packets and streams in, while a cluster moves to encryption.</summary>
    public bool VerifyIncoming { get; init; } = true;

    /// <summary>False sends plain, while a cluster moves to encryption.</summary>
    public bool VerifyOutgoing { get; init; } = true;

    /// <summary>0 pads and is for peers that speak protocol 1; both are always understood.</summary>
    public byte EncryptionVersion { get; init; } = 1;

    public bool Compress { get; init; } = true;

    /// <summary>A probe does not get smaller; trying costs more than sending it.</summary>
    public int CompressFromBytes { get; init; } = 128;

    public bool Encrypts => VerifyOutgoing && Keyring.Primary is not null;

    public int LabelOverhead => Label.Length == 0 ? 0 : 2 + Label.Length;

    /// <summary>Bytes of a packet around everything: the label and the encryption.</summary>
    public int WrapperOverhead => LabelOverhead + (Encrypts ? PacketCipher.MaxOverhead(EncryptionVersion) : 0);

    /// <summary>
    /// Bytes of a packet that are not parts, to be subtracted from a budget for them: the wrappers, a CRC and the head of a compound. Each part costs its own length and
    /// <see cref="Compound.BytesPerPart"/>.
    /// </summary>
    public int PacketOverhead => WrapperOverhead + CrcFrame.HeadBytes + Compound.HeadBytes;
}
