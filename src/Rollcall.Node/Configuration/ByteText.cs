using System.Globalization;

namespace Rollcall.Node.Configuration;

/// <summary>Sizes as people write them: <c>512</c>, <c>64KiB</c>, <c>256MB</c>.</summary>
internal static class ByteText
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Parses a whole number of bytes with an optional unit.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var (unit, factor) = Units.FirstOrDefault(candidate => text.EndsWith(candidate.Unit, StringComparison.Ordinal), ("", 1));
        bytes = 0;
        if (!long.TryParse(text.AsSpan(0, text.Length - unit.Length).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / factor)
            return false;
        bytes = number * factor;
        return true;
    }

    /// <summary>The shortest exact spelling.</summary>
    public static string Format(long bytes)
    {
        var (unit, factor) = Units.First(candidate => bytes % candidate.Bytes == 0 && (bytes > 0 || candidate.Bytes == 1));
        return (bytes / factor).ToString(CultureInfo.InvariantCulture) + unit;
    }
}
