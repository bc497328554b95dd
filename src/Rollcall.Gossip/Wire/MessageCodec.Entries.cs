using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>Where in a written node what differs from one time to the next is, and what others look at.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryLayout(int Incarnation, Range Meta, Range Name, int State);

/// <summary>The nodes of an exchange, of which there are as many as the cluster has, each time.</summary>
internal static partial class MessageCodec
{
    private static ReadOnlySpan<Field> PushPullNodeOrder =>
        [Field.Name, Field.Addr, Field.Port, Field.Meta, Field.Incarnation, Field.State, Field.Vsn];

    public static int MaxSize(in PushPullNode message) => MaxOverhead + message.Name.Length + message.Meta.Length;

    /// <summary>Without a type: it follows a header.</summary>
    public static int Write(Span<byte> destination, in PushPullNode message) => Write(destination, message, out _);

    public static int Write(Span<byte> destination, in PushPullNode message, out EntryLayout layout)
    {
        var writer = new MessageWriter(destination, 7);
        writer.Ip(Field.Addr, message.Address);
        writer.UInt(Field.Incarnation, message.Incarnation, out var incarnation);
        writer.Bytes(Field.Meta, message.Meta);
        var meta = (writer.Written - message.Meta.Length)..writer.Written;
        writer.Text(Field.Name, message.Name);
        var name = (writer.Written - message.Name.Length)..writer.Written;
        writer.UInt(Field.Port, message.Address.Port);
        writer.UInt(Field.State, (uint)message.State, out var state);
        writer.Versions(message.Versions);
        layout = new(incarnation, meta, name, state);
        return writer.Written;
    }

    /// <summary>
    /// Where a node is refused for what it says, <paramref name="consumed"/> still leads to the next, so that one bad node need not spoil an exchange. It is 0 where its
    /// end cannot be found.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PushPullNode message, out int consumed, out string? refusal)
    {
        if (TryReadUsual(body, out message, out consumed))
        {
            refusal = null;
            return true;
        }

        var fields = new FieldReader(body, PushPullNodeOrder);
        uint incarnation = 0;
        ushort port = 0;
        var state = 0;
        ReadOnlySpan<byte> name = default, ip = default, meta = default, versions = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.Name: name = fields.Name(); break;
                case Field.Addr: ip = fields.Ip(); break;
                case Field.Port: port = fields.UInt16(); break;
                case Field.Meta: meta = fields.Bytes(WireLimits.MaxMetaBytes); break;
                case Field.Incarnation: incarnation = fields.UInt32(); break;
                case Field.State: state = fields.Int32(); break;
                case Field.Vsn: versions = fields.Bytes(body.Length); break;
                default: fields.Skip(); break;
            }
        }

        if (name.IsEmpty)
            fields.Fail(NoName);
        refusal = fields.Refusal;
        message = refusal is null
            ? new(name, NodeAddress.From(ip, port), meta, incarnation, (MemberState)state, ProtocolVersions.From(versions))
            : default;
        consumed = refusal is null ? fields.Consumed : LengthOf(body);
        return refusal is null;
    }

    // In the form that this library and memberlist write, which needs no name of a field looked up. What is not of it, or not within the limits, is left to the reader of all forms.
    private static bool TryReadUsual(ReadOnlySpan<byte> body, out PushPullNode message, out int consumed)
    {
        message = default;
        consumed = 0;
        var reader = new MsgPackReader(body);
        if (!(reader.TryReadMapHeader(out var fields) && fields == 7
            && reader.TryPassText("Addr"u8) && reader.TryReadRaw(out var ip) && NodeAddress.IsValidLength(ip.Length)
            && reader.TryPassText("Incarnation"u8) && reader.TryReadUnsigned(uint.MaxValue, out var incarnation)
            && reader.TryPassText("Meta"u8) && reader.TryReadRaw(out var meta) && meta.Length <= WireLimits.MaxMetaBytes
            && reader.TryPassText("Name"u8) && reader.TryReadRaw(out var name) && name.Length is > 0 and <= WireLimits.MaxNameBytes
            && reader.TryPassText("Port"u8) && reader.TryReadUnsigned(ushort.MaxValue, out var port)
            && reader.TryPassText("State"u8) && reader.TryReadUnsigned((ulong)sbyte.MaxValue, out var state)
            && reader.TryPassText("Vsn"u8) && reader.TryReadRaw(out var versions)))
        {
            return false;
        }

        consumed = reader.Position;
        message = new(name, NodeAddress.From(ip, (ushort)port), meta, (uint)incarnation, (MemberState)state, ProtocolVersions.From(versions));
        return true;
    }

    private static int LengthOf(ReadOnlySpan<byte> body)
    {
        var reader = new MsgPackReader(body);
        return reader.TrySkip() ? reader.Position : 0;
    }
}
