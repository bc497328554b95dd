using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>Messages in the form that all write are read by a shorter way: what it makes of them is what the reader of all forms does.</summary>
public sealed class UsualFormTests
{
    private const int Tries = 50_000;

    [Fact]
    public void Pings_are_read_the_same() => EachMutation(
        static place => MessageCodec.Write(place, new Ping(70_000, "orders-1"u8, NodeAddress.From([10, 0, 0, 1], 7946), "orders-2"u8)),
        static (body, tell) =>
        {
            var read = MessageCodec.TryRead(body, out Ping one, out var refusal);
            var readAny = MessageCodec.TryReadAny(body, out Ping other, out var otherRefusal);
            AssertSame(tell, read, refusal, readAny, otherRefusal);
            AssertSame(tell, one.Node, other.Node);
            AssertSame(tell, one.SourceNode, other.SourceNode);
            Assert.True(one.SeqNo == other.SeqNo && one.Source == other.Source, tell);
            return read;
        });

    [Fact]
    public void Rumours_that_a_member_is_alive_are_read_the_same() => EachMutation(
        static place => MessageCodec.Write(place, new Alive(70_000, "orders-1"u8, NodeAddress.From([10, 0, 0, 1], 7946), [0xff, 0x80], ProtocolVersions.Default)),
        static (body, tell) =>
        {
            var read = MessageCodec.TryRead(body, out Alive one, out var refusal);
            var readAny = MessageCodec.TryReadAny(body, out Alive other, out var otherRefusal);
            AssertSame(tell, read, refusal, readAny, otherRefusal);
            AssertSame(tell, one.Node, other.Node);
            AssertSame(tell, one.Meta, other.Meta);
            Assert.True(one.Incarnation == other.Incarnation && one.Address == other.Address && one.Versions == other.Versions, tell);
            return read;
        });

    [Fact]
    public void Accusations_are_read_the_same() => EachMutation(
        static place => MessageCodec.Write(place, new Suspect(70_000, "orders-1"u8, "orders-2"u8)),
        static (body, tell) =>
        {
            var read = MessageCodec.TryRead(body, out Suspect one, out var refusal);
            var readAny = MessageCodec.TryReadAny(body, out var incarnation, out var node, out var from, out var otherRefusal);
            AssertSame(tell, read, refusal, readAny, otherRefusal);
            Assert.True(!read || one.Incarnation == incarnation, tell);
            AssertSame(tell, read ? one.Node : node, node);
            AssertSame(tell, read ? one.From : from, from);
            return read;
        });

    private delegate int Writer(Span<byte> place);

    private delegate bool Comparison(ReadOnlySpan<byte> body, string tell);

    private static void EachMutation(Writer write, Comparison compare)
    {
        Span<byte> place = stackalloc byte[512];
        byte[] original = place[1..write(place)].ToArray();
        Assert.True(compare(original, "as it is written"));
        var random = new Random(7);
        var read = 0;
        for (var i = 0; i < Tries; i++)
        {
            byte[] body = [.. original];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                body[random.Next(body.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : original[random.Next(original.Length)]);
            if (random.Next(2) == 0)
                body = Splice(body, random);
            if (compare(body.AsSpan(0, random.Next(4) == 0 ? random.Next(body.Length) : body.Length), Convert.ToHexString(body)))
                read++;
        }

        Assert.InRange(read, Tries / 20, Tries);
    }

    // Another value in place of one: a number too large for its field, a text too long for it, an address of no length, nothing.
    private static byte[] Splice(byte[] body, Random random)
    {
        var at = random.Next(body.Length);
        byte[] other = random.Next(5) switch
        {
            0 => [0xcf, 0, 0, 0, 1, 0, 0, 0, 0],
            1 => [0xce, 0, 1, 0, 0],
            2 => [0xda, 2, 1, .. new byte[513]],
            3 => [0xa5, 1, 2, 3, 4, 5],
            _ => [0xc0],
        };
        return [.. body.AsSpan(0, at), .. other, .. body.AsSpan(Math.Min(body.Length, at + random.Next(10)))];
    }

    private static void AssertSame(string tell, bool read, string? refusal, bool readAny, string? otherRefusal) => Assert.True(read == readAny && refusal == otherRefusal, $"{tell}: {refusal} / {otherRefusal}");

    private static void AssertSame(string tell, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Assert.True(one.SequenceEqual(other), tell);
}
