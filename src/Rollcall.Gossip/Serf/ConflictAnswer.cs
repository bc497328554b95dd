using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>What an agent whose name is claimed twice asks everybody: who is it to you? An agent that gets no answer takes that for a lost vote and ends itself, so it is answered.</summary>
internal static class ConflictAnswer
{
    private const int HeadLength = 5;

    public static ReadOnlySpan<byte> QueryName => "_serf_conflict"u8;

    /// <summary>The payload of the answer: what is known of the member. Its tags are left out where they do not fit: who asks looks at the address.</summary>
    public static byte[] Write(in MemberView member, SerfStatus status, int maxLength)
    {
        var record = member.Record;
        var tags = SerfTags.Decode(record.Meta);
        var length = SerfCodec.MaxOverhead + record.NameBytes.Length;
        // What is no UTF-8 is three times as long as a text.
        var tagsLength = tags.Sum(static tag => (2 * HeadLength) + Encoding.UTF8.GetByteCount(tag.Key) + Encoding.UTF8.GetByteCount(tag.Value));
        if (length + tagsLength > maxLength)
            tags.Clear();
        var buffer = new byte[length + tagsLength];
        buffer[0] = (byte)SerfMessageType.ConflictResponse;
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        writer.WriteMapHeader(11);
        writer.WriteRaw("Addr"u8);
        record.Address.CopyTo(writer.WriteRawPlace(record.Address.Length));
        Number(ref writer, "DelegateCur"u8, record.Versions.Delegate);
        Number(ref writer, "DelegateMax"u8, record.Versions.DelegateMax);
        Number(ref writer, "DelegateMin"u8, record.Versions.DelegateMin);
        writer.WriteRaw("Name"u8);
        writer.WriteRaw(record.NameBytes);
        Number(ref writer, "Port"u8, record.Address.Port);
        Number(ref writer, "ProtocolCur"u8, record.Versions.Protocol);
        Number(ref writer, "ProtocolMax"u8, record.Versions.ProtocolMax);
        Number(ref writer, "ProtocolMin"u8, record.Versions.ProtocolMin);
        Number(ref writer, "Status"u8, (byte)status);
        writer.WriteRaw("Tags"u8);
        writer.WriteMapHeader(tags.Count);
        foreach (var (key, value) in tags)
        {
            writer.WriteRaw(Encoding.UTF8.GetBytes(key));
            writer.WriteRaw(Encoding.UTF8.GetBytes(value));
        }

        return buffer[..(1 + writer.Position)];
    }

    private static void Number(ref MsgPackWriter writer, ReadOnlySpan<byte> key, uint value)
    {
        writer.WriteRaw(key);
        writer.WriteUnsigned(value);
    }
}
