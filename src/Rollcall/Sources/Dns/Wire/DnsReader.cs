using System.Buffers.Binary;

namespace Rollcall.Sources.Dns.Wire;

/// <summary>
/// Reads a message from its beginning to its end. Every read is checked against the length, and every pointer leads backwards, so that any input ends in
/// a value or a <see cref="DnsFormatException"/>, after work that is bounded by its length.
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    /// <summary>The most pointers in one name: as many as it can have labels. More lead nowhere and only cost time.</summary>
    public const int MaxPointers = 127;

    private const byte PointerBits = 0b1100_0000;

    private readonly ReadOnlySpan<byte> _message = message;

    // Most names of an answer are pointers to the one that was asked about, the rest to the one before: each is made text once.
    private int _firstAt = -1;
    private string _first = "";
    private int _lastAt = -1;
    private string _last = "";

    /// <summary>Where the next read begins.</summary>
    public int Position { get; private set; }

    public readonly int Left => _message.Length - Position;

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Left)
            throw Cut();
        var taken = _message.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>A name as text.</summary>
    public string ReadName()
    {
        var start = Position;
        // A name that is nothing but a pointer is the name it points to.
        var at = Left >= 2 && (_message[Position] & PointerBits) == PointerBits ? PointerAt(Position) : start;
        if (at == _firstAt || at == _lastAt)
        {
            // What is remembered was checked, so a pointer to it is good.
            if (at != start)
            {
                Position += 2;
                return at == _firstAt ? _first : _last;
            }
        }

        var name = ReadText();
        if (_firstAt < 0)
            (_firstAt, _first) = (at, name);
        else
            (_lastAt, _last) = (at, name);
        return name;
    }

    /// <summary>Passes over a name, checked just the same.</summary>
    public void SkipName() => Walk(default, out _);

    private string ReadText()
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        Walk(text, out var length);
        return length == 0 ? DnsName.Root : new string(text[..length]);
    }

    // Leaves Position behind the name. Writes its text where there is room for it at all.
    private void Walk(scoped Span<char> text, out int length)
    {
        length = 0;
        var (at, wireLength, jumps) = (Position, 1, 0);
        while (true)
        {
            if (at >= _message.Length)
                throw Cut();
            var first = _message[at];
            if (first == 0)
            {
                if (jumps == 0)
                    Position = at + 1;
                return;
            }

            if ((first & PointerBits) == PointerBits)
            {
                var to = PointerAt(at);
                if (jumps == 0)
                    Position = at + 2;
                if (++jumps > MaxPointers)
                    throw new DnsFormatException($"a name has more than {MaxPointers} pointers");
                // Only backwards: so it ends. (RFC 1035 section 4.1.4: "a prior occurrence".)
                if (to >= at)
                    throw new DnsFormatException($"the name at octet {at} points to octet {to}, which is not before it");
                at = to;
                continue;
            }

            if ((first & PointerBits) != 0)
                throw new DnsFormatException($"the label at octet {at} is of an unknown kind (0x{first:x2})");
            if ((wireLength += first + 1) > DnsName.MaxWireLength)
                throw new DnsFormatException($"a name is longer than {DnsName.MaxWireLength} octets");
            if (at + 1 + first > _message.Length)
                throw Cut();
            if (!text.IsEmpty)
                length = Append(_message.Slice(at + 1, first), text, length);
            at += 1 + first;
        }
    }

    private static int Append(ReadOnlySpan<byte> label, Span<char> text, int length)
    {
        if (length > 0)
            text[length++] = '.';
        foreach (var octet in label)
            length += DnsName.Format(octet, text[length..]);
        return length;
    }

    private readonly int PointerAt(int at)
    {
        if (at + 2 > _message.Length)
            throw Cut();
        return BinaryPrimitives.ReadUInt16BigEndian(_message[at..]) & 0x3fff;
    }

    private readonly DnsFormatException Cut() => new($"it ends in the middle, after {_message.Length} octets");
}
