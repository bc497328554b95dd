using System.Text;

namespace Rollcall.Sources.Dns.Wire;

/// <summary>
/// Names as text: lower case, without the dot at the end; the root is <c>.</c>. A dot or backslash inside a label is written behind a backslash, and what is not
/// printable as three decimal digits behind one (RFC 1035 section 5.1), so that text and wire say the same.
/// </summary>
internal static class DnsName
{
    /// <summary>The root, which an SRV record names to say that there is no such service.</summary>
    public const string Root = ".";

    /// <summary>The most octets a name may have on the wire, lengths and root included (RFC 1035 section 2.3.4).</summary>
    public const int MaxWireLength = 255;

    /// <summary>The most octets a label may have.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The most characters the text of a name may have: each octet as four.</summary>
    public const int MaxTextLength = 4 * MaxWireLength;

    /// <summary>Writes a name to the wire, uncompressed; how many octets it took, 0 when the text is no name.</summary>
    /// <param name="name">Its text, with or without the dot at the end.</param>
    /// <param name="destination">Has room for <see cref="MaxWireLength"/>.</param>
    public static int Encode(ReadOnlySpan<char> name, Span<byte> destination)
    {
        if (name is Root)
        {
            destination[0] = 0;
            return 1;
        }

        var (length, label) = (1, 0); // label: where the length of the present one belongs
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '.')
            {
                if (!EndLabel(destination, label, length))
                    return 0;
                label = length++;
                if (i == name.Length - 1)
                    return Finish(destination, label);
                continue;
            }

            // One octet stays free for the root.
            if (length > MaxWireLength - 2 || !TryReadOctet(name, ref i, out var octet))
                return 0;
            destination[length++] = octet;
        }

        return EndLabel(destination, label, length) ? Finish(destination, length) : 0;
    }

    /// <summary>True for letters, digits, hyphens and underscores in labels of 1 to 63: what hosts and services are called.</summary>
    public static bool IsHostName(ReadOnlySpan<char> name)
    {
        if (name.EndsWith('.'))
            name = name[..^1];
        // On the wire a label takes its length more, and the root one octet.
        if (name.Length is 0 or > MaxWireLength - 2)
            return false;
        foreach (var range in name.Split('.'))
        {
            var label = name[range];
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The text of one octet of a label: how many characters were written.</summary>
    public static int Format(byte octet, Span<char> destination)
    {
        if (octet is (byte)'.' or (byte)'\\')
        {
            destination[0] = '\\';
            destination[1] = (char)octet;
            return 2;
        }

        if (octet is > (byte)' ' and <= (byte)'~')
        {
            destination[0] = (char)(octet is >= (byte)'A' and <= (byte)'Z' ? octet | 0x20 : octet);
            return 1;
        }

        destination[0] = '\\';
        destination[1] = (char)('0' + (octet / 100));
        destination[2] = (char)('0' + (octet / 10 % 10));
        destination[3] = (char)('0' + (octet % 10));
        return 4;
    }

    private static bool EndLabel(Span<byte> destination, int label, int length)
    {
        var octets = length - label - 1;
        destination[label] = (byte)octets;
        return octets is > 0 and <= MaxLabelLength;
    }

    private static int Finish(Span<byte> destination, int at)
    {
        destination[at] = 0;
        return at + 1;
    }

    private static bool TryReadOctet(ReadOnlySpan<char> name, ref int i, out byte octet)
    {
        octet = (byte)name[i];
        if (name[i] != '\\')
            return Ascii.IsValid(name[i]);
        if (i + 3 < name.Length && char.IsAsciiDigit(name[i + 1]))
        {
            var read = byte.TryParse(name.Slice(i + 1, 3), System.Globalization.NumberStyles.None, null, out octet);
            i += 3;
            return read;
        }

        if (++i >= name.Length || !Ascii.IsValid(name[i]))
            return false;
        octet = (byte)name[i];
        return true;
    }
}
