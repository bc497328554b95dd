namespace Rollcall.Gossip.Wire;

internal static class FieldNames
{
    public static ReadOnlySpan<byte> Of(Field field) => field switch
    {
        Field.Addr => "Addr"u8,
        Field.Algo => "Algo"u8,
        Field.Buf => "Buf"u8,
        Field.Error => "Error"u8,
        Field.From => "From"u8,
        Field.Incarnation => "Incarnation"u8,
        Field.Join => "Join"u8,
        Field.Meta => "Meta"u8,
        Field.Nack => "Nack"u8,
        Field.Name => "Name"u8,
        Field.Node => "Node"u8,
        Field.Nodes => "Nodes"u8,
        Field.Payload => "Payload"u8,
        Field.Port => "Port"u8,
        Field.SeqNo => "SeqNo"u8,
        Field.SourceAddr => "SourceAddr"u8,
        Field.SourceNode => "SourceNode"u8,
        Field.SourcePort => "SourcePort"u8,
        Field.State => "State"u8,
        Field.Target => "Target"u8,
        Field.UserMsgLen => "UserMsgLen"u8,
        Field.UserStateLen => "UserStateLen"u8,
        Field.Vsn => "Vsn"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>Names are compared by their case, as peers do.</summary>
    public static Field Find(ReadOnlySpan<byte> name)
    {
        // By length and one byte that tells those of a length apart, then in full.
        var candidate = name.Length switch
        {
            3 => name[0] == 'B' ? Field.Buf : Field.Vsn,
            4 => (name[0], name[1]) switch
            {
                ((byte)'N', (byte)'o') => Field.Node,
                ((byte)'N', _) => name[3] == 'k' ? Field.Nack : Field.Name,
                ((byte)'A', (byte)'d') => Field.Addr,
                ((byte)'A', _) => Field.Algo,
                ((byte)'F', _) => Field.From,
                ((byte)'J', _) => Field.Join,
                ((byte)'M', _) => Field.Meta,
                _ => Field.Port,
            },
            5 => name[0] switch
            {
                (byte)'S' => name[1] == 'e' ? Field.SeqNo : Field.State,
                (byte)'N' => Field.Nodes,
                _ => Field.Error,
            },
            6 => Field.Target,
            7 => Field.Payload,
            10 => name[6] switch
            {
                (byte)'A' => Field.SourceAddr,
                (byte)'N' => Field.SourceNode,
                (byte)'P' => Field.SourcePort,
                _ => Field.UserMsgLen,
            },
            11 => Field.Incarnation,
            12 => Field.UserStateLen,
            _ => Field.Unknown,
        };
        return candidate != Field.Unknown && name.SequenceEqual(Of(candidate)) ? candidate : Field.Unknown;
    }
}
