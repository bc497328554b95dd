using System.Buffers;
using System.Globalization;

namespace Rollcall;

/// <summary>Durations as people write them: <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>24h</c>, <c>1m30s</c>.</summary>
public static class DurationText
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Parses one or more number-and-unit parts, largest unit first; decimals are allowed. At most 3,650 days.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text.IsEmpty || text.Length > 32)
            return false;
        double ticks = 0;
        var lastUnit = long.MaxValue;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            text = text[digits..];
            var letters = text.IndexOfAnyInRange('0', '9');
            var unitText = letters < 0 ? text : text[..letters];
            if (!TryUnit(unitText, out var unit) || unit >= lastUnit)
                return false;
            lastUnit = unit;
            ticks += number * unit;
            text = text[unitText.Length..];
        }

        if (ticks > 3650d * TimeSpan.TicksPerDay)
            return false;
        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>The shortest text that parses back to <paramref name="duration"/>, to the millisecond: <c>1m30s</c>, <c>250ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds <= 0)
            return "0s";
        Span<char> buffer = stackalloc char[48];
        var length = 0;
        for (var i = Units.Length - 1; i >= 0; i--)
        {
            var unit = Units[i].Ticks / TimeSpan.TicksPerMillisecond;
            var count = milliseconds / unit;
            if (count == 0)
                continue;
            milliseconds -= count * unit;
            count.TryFormat(buffer[length..], out var written, provider: CultureInfo.InvariantCulture);
            length += written;
            Units[i].Unit.CopyTo(buffer[length..]);
            length += Units[i].Unit.Length;
        }

        return new string(buffer[..length]);
    }

    private static bool TryUnit(ReadOnlySpan<char> text, out long ticks)
    {
        foreach (var (unit, unitTicks) in Units)
        {
            if (!text.Equals(unit, StringComparison.Ordinal))
                continue;
            ticks = unitTicks;
            return true;
        }

        ticks = 0;
        return false;
    }
}
