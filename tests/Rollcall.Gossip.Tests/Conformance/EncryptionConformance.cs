using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statement 11 of the reference, and the keyring of 12: encrypted packets.</summary>
public sealed class EncryptionConformance
{
    [Fact]
    public void S11_A_captured_packet_is_decrypted()
    {
        Assert.Equal([Packets.Text(Captures.EncryptedPingPlain)], Contents.Of(Packets.Encrypted, Captures.EncryptedPing).Messages);
        Assert.Equal([Packets.Text(Captures.CrcJoin.AsSpan(5))], Contents.Of(Packets.Encrypted, Captures.EncryptedJoin).Messages);
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(24, 0)]
    [InlineData(32, 0)]
    [InlineData(16, 1)]
    [InlineData(24, 1)]
    [InlineData(32, 1)]
    public void S11_Keys_of_each_length_and_both_versions_work(int keyBytes, byte version)
    {
        var options = new WireOptions { Keyring = new(new GossipKey(Packets.User(keyBytes))), EncryptionVersion = version };
        for (var length = 1; length < 70; length++)
        {
            var message = Packets.User(length);
            var packet = Packets.Make(options, crc: false, message);
            Assert.Equal(version, packet[0]);
            Assert.Equal(version == 1 ? length + 29 : ((length / 16) + 1) * 16 + 29, packet.Length);
            Assert.Equal([Packets.Text(message)], Contents.Of(options, packet).Messages);
        }
    }

    [Fact]
    public void No_nonce_is_used_twice()
    {
        using var cipher = new PacketCipher(Packets.Encrypted.Keyring);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var packet = new byte[64];
        for (var i = 0; i < 1000; i++)
        {
            cipher.Seal(1, Captures.Nack, default, packet);
            Assert.True(seen.Add(Captures.ToHex(packet.AsSpan(1, 12))));
        }
    }

    [Fact]
    public void S11_A_receiver_takes_either_version_whatever_it_sends()
    {
        var packet = Packets.Make(Packets.Encrypted with { EncryptionVersion = 0 }, crc: false, Captures.Ping);
        Assert.Equal(109, packet.Length); // 66 bytes padded to 80, and 29
        Assert.Single(Contents.Of(Packets.Encrypted, packet).Messages);
    }

    [Fact]
    public void S11_An_unknown_version_and_what_is_too_short_are_refused()
    {
        var packet = Packets.Make(Packets.Encrypted, crc: false, Captures.Ping);
        packet[0] = 2;
        Assert.Equal(["its encryption is of an unknown version"], Contents.Of(Packets.Encrypted, packet).Refusals);
        Assert.Equal(["it is too short to be encrypted"], Contents.Of(Packets.Encrypted, packet.AsSpan(0, 28)).Refusals);
        Assert.Equal(["it is too short to be encrypted"], Contents.Of(Packets.Encrypted, [0, .. new byte[43]]).Refusals);
        Assert.Equal(["no key decrypts it"], Contents.Of(Packets.Encrypted, [0, .. new byte[44]]).Refusals);
        Assert.Equal(["it is too short to be encrypted"], Contents.Of(Packets.Encrypted, []).Refusals);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(2)] // the byte before it is not 2
    public void S11_Malformed_padding_is_refused(byte last)
    {
        // The end of a version 0 packet is whatever a sender with the key puts there; made here as version 1, whose content has no padding of its own.
        var content = new byte[32];
        content[^1] = last;
        using var cipher = new PacketCipher(Packets.Encrypted.Keyring);
        var packet = new byte[PacketCipher.SealedLength(1, content.Length)];
        cipher.Seal(1, content, default, packet);
        packet[0] = 0;
        Assert.Equal(["its padding is malformed"], Contents.Of(Packets.Encrypted, packet).Refusals);
    }

    [Fact]
    public void S11_A_changed_byte_is_noticed()
    {
        for (var i = 1; i < Captures.EncryptedPing.Length; i++)
        {
            var packet = Captures.EncryptedPing.ToArray();
            packet[i] ^= 0x80;
            Assert.Equal(["no key decrypts it"], Contents.Of(Packets.Encrypted, packet).Refusals);
        }
    }

    [Fact]
    public void S11_The_label_is_authenticated()
    {
        var labelled = Packets.Encrypted with { Label = "lab-1"u8.ToArray() };
        var packet = Packets.Make(labelled, crc: false, Captures.Ping);
        Assert.Single(Contents.Of(labelled, packet).Messages);
        Assert.Equal(["no key decrypts it"], Contents.Of(Packets.Encrypted, packet.AsSpan(7)).Refusals);
    }

    [Fact]
    public void S12_Any_key_decrypts_and_the_primary_encrypts()
    {
        var (old, next) = (GossipKey.Generate(), GossipKey.Generate());
        var ring = new GossipKeyring(old);
        var options = new WireOptions { Keyring = ring };
        var (onlyOld, onlyNext) = (new WireOptions { Keyring = new(old) }, new WireOptions { Keyring = new(next) });
        using var reader = new PacketReader(options);
        using var writer = new PacketWriter(options);

        Assert.Empty(Contents.Of(reader, Packets.Make(onlyNext, crc: false, Captures.Ping)).Messages);
        Assert.True(ring.Add(next));
        Assert.Single(Contents.Of(reader, Packets.Make(onlyNext, crc: false, Captures.Ping)).Messages);
        Assert.Single(Contents.Of(reader, Packets.Make(onlyOld, crc: false, Captures.Ping)).Messages);
        Assert.Single(Contents.Of(onlyOld, Write()).Messages);
        Assert.True(ring.Use(next));
        Assert.Single(Contents.Of(onlyNext, Write()).Messages);
        Assert.True(ring.Remove(old));
        Assert.Empty(Contents.Of(reader, Packets.Make(onlyOld, crc: false, Captures.Ping)).Messages);

        byte[] Write()
        {
            writer.Begin(crc: false);
            Assert.True(writer.TryAdd(Captures.Ping));
            return writer.Finish().ToArray();
        }
    }
}
