using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

internal static partial class MessageCodec
{
    private static ReadOnlySpan<Field> PushPullHeaderOrder => [Field.Nodes, Field.UserStateLen, Field.Join];

    private static ReadOnlySpan<Field> UserMessageOrder => [Field.UserMsgLen];

    private static ReadOnlySpan<Field> ErrorOrder => [Field.Error];

    public static int MaxSize(in PushPullHeader message) => MaxOverhead;

    public static int MaxSize(in UserMessageHeader message) => MaxOverhead;

    public static int MaxSize(in Error message) => MaxOverhead + message.Message.Length;

    public static int Write(Span<byte> destination, in PushPullHeader message)
    {
        var writer = new MessageWriter(destination, MessageType.PushPull, 3);
        writer.Bool(Field.Join, message.Join);
        writer.UInt(Field.Nodes, (uint)message.Nodes);
        writer.UInt(Field.UserStateLen, (uint)message.UserStateLength);
        return writer.Written;
    }

    public static int Write(Span<byte> destination, in UserMessageHeader message)
    {
        var writer = new MessageWriter(destination, MessageType.User, 1);
        writer.UInt(Field.UserMsgLen, (uint)message.Length);
        return writer.Written;
    }

    public static int Write(Span<byte> destination, in Error message)
    {
        var writer = new MessageWriter(destination, MessageType.Error, 1);
        writer.Text(Field.Error, message.Message);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out PushPullHeader message, out int consumed, out string? refusal)
    {
        var fields = new FieldReader(body, PushPullHeaderOrder);
        int nodes = 0, userStateLength = 0;
        var join = false;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.Nodes: nodes = fields.Int32(); break;
                case Field.UserStateLen: userStateLength = fields.Int32(); break;
                case Field.Join: join = fields.Bool(); break;
                default: fields.Skip(); break;
            }
        }

        if (nodes is < 0 or > WireLimits.MaxPushPullNodes)
            fields.Fail("the number of nodes is out of range");
        if (userStateLength is < 0 or > WireLimits.MaxStreamBytes)
            fields.Fail("the length of the application's state is out of range");
        consumed = fields.Consumed;
        refusal = fields.Refusal;
        message = refusal is null ? new(nodes, userStateLength, join) : default;
        return refusal is null;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out UserMessageHeader message, out int consumed, out string? refusal)
    {
        var fields = new FieldReader(body, UserMessageOrder);
        var length = 0;
        while (fields.TryNext(out var field))
        {
            if (field == Field.UserMsgLen)
                length = fields.Int32();
            else
                fields.Skip();
        }

        if (length is < 0 or > WireLimits.MaxStreamBytes)
            fields.Fail("the length of the message is out of range");
        consumed = fields.Consumed;
        refusal = fields.Refusal;
        message = refusal is null ? new(length) : default;
        return refusal is null;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Error message, out string? refusal)
    {
        var fields = new FieldReader(body, ErrorOrder);
        ReadOnlySpan<byte> text = default;
        while (fields.TryNext(out var field))
        {
            if (field == Field.Error)
                text = fields.Raw(WireLimits.MaxErrorBytes);
            else
                fields.Skip();
        }

        refusal = fields.Refusal;
        message = refusal is null ? new(text) : default;
        return refusal is null;
    }
}
