using System.Security.Cryptography;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>What no key opens is cheap, and what one opens is open whatever came before.</summary>
public sealed class CipherTests
{
    private readonly GossipKey[] _keys = [.. Enumerable.Range(0, 3).Select(static i => new GossipKey(Packets.User(32, i)))];

    [Fact]
    public void Garbage_costs_hardly_any_exceptions()
    {
        using var reader = new PacketReader(new() { Keyring = new(_keys) });
        var thread = Environment.CurrentManagedThreadId;
        var exceptions = 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            for (var i = 0; i < 1000; i++)
                Assert.Equal(["no key decrypts it"], Contents.Of(reader, Garbage(i)).Refusals);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.InRange(exceptions, 0, _keys.Length);

        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs args)
        {
            if (args.Exception is AuthenticationTagMismatchException && Environment.CurrentManagedThreadId == thread)
                exceptions++;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Between_garbage_what_any_key_opens_is_opened(byte version)
    {
        using var reader = new PacketReader(new() { Keyring = new(_keys), Label = "lab"u8.ToArray() });
        for (var round = 0; round < 100; round++)
        {
            var key = _keys[round % _keys.Length];
            var packet = Packets.Make(new() { Keyring = new(key), EncryptionVersion = version, Label = "lab"u8.ToArray() }, crc: false, Captures.Ping);
            Assert.Equal(["no key decrypts it"], Contents.Of(reader, [.. packet.AsSpan(0, 5), .. Garbage(round)]).Refusals);
            Assert.Equal([Packets.Text(Captures.Ping)], Contents.Of(reader, packet).Messages);
            // One bit anywhere, of the nonce, the text or the tag, and it is nothing.
            packet[6 + (round * 7 % (packet.Length - 6))] ^= 1;
            Assert.Equal(["no key decrypts it"], Contents.Of(reader, packet).Refusals);
        }
    }

    private static byte[] Garbage(int seed)
    {
        var garbage = Packets.User(100, seed);
        garbage[0] = 1;
        return garbage;
    }
}
