using System.Globalization;
using System.Text;

namespace Rollcall.Registration;

/// <summary>Makes instance ids that meet <see cref="NameRules"/>.</summary>
internal static class InstanceId
{
    private const string SuffixCharacters = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SuffixLength = 4;

    /// <summary><c>service-host-port</c>; the host gives way when that is too long for one label.</summary>
    public static string Of(string service, string host, int port)
    {
        var tail = "-" + port.ToString(CultureInfo.InvariantCulture);
        var head = ToLabel(service);
        if (head.Length + tail.Length > NameRules.MaxLabelLength)
            head = head[..(NameRules.MaxLabelLength - tail.Length)].TrimEnd('-');
        var name = ToLabel(host);
        var room = NameRules.MaxLabelLength - head.Length - tail.Length - 1;
        name = (name.Length > room ? name[..Math.Max(0, room)] : name).TrimEnd('-');
        return name.Length == 0 ? head + tail : $"{head}-{name}{tail}";
    }

    /// <summary>The id with a random suffix, at most as long as an id may be.</summary>
    public static string WithSuffix(string id, Random random)
    {
        var suffix = string.Create(SuffixLength, random, static (span, random) =>
        {
            foreach (ref var c in span)
                c = SuffixCharacters[random.Next(SuffixCharacters.Length)];
        });
        while (!NameRules.IsId($"{id}-{suffix}"))
            id = id[..^1].TrimEnd('-', '.');
        return $"{id}-{suffix}";
    }

    private static string ToLabel(string text)
    {
        var label = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                label.Append(c);
            else if (label.Length > 0 && label[^1] != '-')
                label.Append('-');
        }

        return label.ToString().TrimEnd('-');
    }
}
