using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rollcall.Gossip.Messages;

/// <summary>
/// Names as text. On the wire a name is any bytes, and members are told apart by them: a byte that is no UTF-8 is shown as <c>\xNN</c>, and a backslash that would read so as <c>\x5c</c>. So no two names are one text,
/// and a text leads back to its name.
/// </summary>
internal static class MemberName
{
    private const int EscapeLength = 4;

    public static string Text(ReadOnlySpan<byte> name) => IsPlain(name) ? Encoding.UTF8.GetString(name) : Escape(name);

    public static byte[] Bytes(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var at = 0; at < bytes.Length; length++)
        {
            if (IsEscape(bytes.AsSpan(at)))
            {
                bytes[length] = byte.Parse(bytes.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                at += EscapeLength;
            }
            else
            {
                bytes[length] = bytes[at++];
            }
        }

        return length == bytes.Length ? bytes : bytes[..length];
    }

    private static bool IsPlain(ReadOnlySpan<byte> name)
    {
        for (var at = name.IndexOf((byte)'\\'); at >= 0 && at < name.Length; at++)
        {
            if (IsEscape(name[at..]))
                return false;
        }

        return System.Text.Unicode.Utf8.IsValid(name);
    }

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length + EscapeLength);
        Span<char> characters = stackalloc char[2];
        while (!name.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(name, out var rune, out var length) == OperationStatus.Done && !IsEscape(name);
            if (isText)
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
            for (var at = 0; !isText && at < length; at++)
                text.Append(CultureInfo.InvariantCulture, $"\\x{name[at]:x2}");
            name = name[length..];
        }

        return text.ToString();
    }

    private static bool IsEscape(ReadOnlySpan<byte> name) =>
        name.Length >= EscapeLength && name[0] == '\\' && name[1] == 'x' && char.IsAsciiHexDigitLower((char)name[2]) && char.IsAsciiHexDigitLower((char)name[3]);
}
