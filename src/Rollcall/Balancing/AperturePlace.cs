using System.Globalization;

namespace Rollcall.Balancing;

/// <summary>
/// The place of a client on the ring of endpoints, as a fraction of 2^64. A client whose name ends in a number has the element of that number of the binary van der Corput
/// sequence, turned by the hash of the rest of its name: of any first so many of them, the places differ from even by no more than a few. Without a number it is the hash.
/// </summary>
internal static class AperturePlace
{
    public static ulong Of(string client)
    {
        var hyphen = client.LastIndexOf('-');
        return hyphen >= 0 && uint.TryParse(client.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? unchecked(KeyHash.Of(client.AsSpan(0, hyphen)) + Reversed(number))
            : KeyHash.Of(client);
    }

    // The bits behind the binary point are those of the number in reverse: 0, 1/2, 1/4, 3/4, 1/8…
    private static ulong Reversed(uint number)
    {
        ulong reversed = 0;
        for (var bit = 0; bit < 32; bit++)
            reversed |= (ulong)((number >> bit) & 1) << (63 - bit);
        return reversed;
    }
}
