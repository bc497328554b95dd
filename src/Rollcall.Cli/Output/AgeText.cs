using System.Globalization;

namespace Rollcall.Cli.Output;

/// <summary>Ages as kubectl writes them: two units at most, and the second only while it matters.</summary>
internal static class AgeText
{
    public static string Format(TimeSpan age)
    {
        var seconds = Math.Max(0, (long)age.TotalSeconds);
        var minutes = seconds / 60;
        var hours = minutes / 60;
        var days = hours / 24;
        var years = days / 365;
        return seconds switch
        {
            < 2 * 60 => Text(seconds, "s"),
            < 10 * 60 => Text(minutes, "m", seconds % 60, "s"),
            < 3 * 3600 => Text(minutes, "m"),
            < 8 * 3600 => Text(hours, "h", minutes % 60, "m"),
            < 48 * 3600 => Text(hours, "h"),
            < 8 * 86400 => Text(days, "d", hours % 24, "h"),
            < 2L * 365 * 86400 => Text(days, "d"),
            < 8L * 365 * 86400 => Text(years, "y", days % 365, "d"),
            _ => Text(years, "y"),
        };
    }

    private static string Text(long count, string unit, long rest = 0, string restUnit = "") => rest == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{count}{unit}")
        : string.Create(CultureInfo.InvariantCulture, $"{count}{unit}{rest}{restUnit}");
}
