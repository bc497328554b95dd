using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>The message around compressed ones. Keeps its tables; one caller at a time.</summary>
internal sealed class Compression
{
    private const byte LzwAlgorithm = 0;

    // The type, a map of two, "Algo" and 0, "Buf" and a length of at most five bytes.
    private const int MaxHeadBytes = 12 + 5;

    private readonly LzwEncoder _encoder = new();
    private readonly LzwDecoder _decoder = new();

    private static ReadOnlySpan<Field> Order => [Field.Algo, Field.Buf];

    /// <summary>
    /// Wraps a message if that makes it smaller. <paramref name="wrapped"/> is somewhere in the scratch, from byte <paramref name="headroom"/> on at the earliest.
    /// </summary>
    public bool TryWrap(ReadOnlySpan<byte> message, Span<byte> scratch, int headroom, out Range wrapped)
    {
        wrapped = default;
        var start = headroom + MaxHeadBytes;
        var place = scratch.Slice(start, Math.Min(message.Length, scratch.Length - start));
        if (!_encoder.TryEncode(message, place, out var length))
            return false;
        Span<byte> head = stackalloc byte[MaxHeadBytes];
        var headLength = WriteHead(head, length);
        if (headLength + length >= message.Length)
            return false;
        head[..headLength].CopyTo(scratch[(start - headLength)..]);
        wrapped = (start - headLength)..(start + length);
        return true;
    }

    /// <summary>Expands into a destination that is the bound. <paramref name="written"/> counts also where it is refused: it is what the attempt has cost.</summary>
    public bool TryUnwrap(ReadOnlySpan<byte> body, Span<byte> destination, out int written, out string? refusal)
    {
        written = 0;
        if (!TryReadHead(body, out var data, out refusal))
            return false;
        refusal = _decoder.Decode(data, destination, out written) switch
        {
            LzwResult.Malformed => "its compressed data is malformed",
            LzwResult.TooLarge => TooLarge,
            _ => null,
        };
        return refusal is null;
    }

    /// <summary>The refusal that a larger destination may cure.</summary>
    public const string TooLarge = "it expands to more than is accepted";

    private static bool TryReadHead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> data, out string? refusal)
    {
        var fields = new FieldReader(body, Order);
        byte algorithm = 0;
        data = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.Algo: algorithm = fields.Byte(); break;
                case Field.Buf: data = fields.Bytes(body.Length); break;
                default: fields.Skip(); break;
            }
        }

        if (algorithm != LzwAlgorithm)
            fields.Fail("its compression is unknown");
        refusal = fields.Refusal;
        return refusal is null;
    }

    private static int WriteHead(Span<byte> destination, int length)
    {
        destination[0] = (byte)MessageType.Compress;
        var writer = new MsgPackWriter(destination[1..]);
        writer.WriteMapHeader(2);
        writer.WriteRaw(FieldNames.Of(Field.Algo));
        writer.WriteUnsigned(LzwAlgorithm);
        writer.WriteRaw(FieldNames.Of(Field.Buf));
        writer.WriteRawHeader(length);
        return 1 + writer.Position;
    }
}
