using System.Buffers;

namespace Rollcall;

/// <summary>What names may look like, everywhere: in targets, on the wire, in DNS.</summary>
public static class NameRules
{
    /// <summary>The longest service or port name: one DNS label (RFC 1035 section 2.3.4).</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The longest instance id.</summary>
    public const int MaxIdLength = 128;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>
    /// True for a DNS label: 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends (RFC 1123 section 2.1).
    /// Services, ports and zones are named so.
    /// </summary>
    public static bool IsLabel(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLabelLength
        && name[0] != '-'
        && name[^1] != '-'
        && !name.ContainsAnyExcept(LabelCharacters);

    /// <summary>True for one or more DNS labels joined by dots, 128 characters at most. Instances are named so.</summary>
    public static bool IsId(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxIdLength)
            return false;
        foreach (var range in id.Split('.'))
        {
            if (!IsLabel(id[range]))
                return false;
        }

        return true;
    }
}
