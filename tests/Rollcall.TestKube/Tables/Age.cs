using System.Globalization;

namespace Rollcall.TestKube.Tables;

/// <summary>How long ago, as kubectl says it: one or two units, coarser the longer.</summary>
internal static class Age
{
    public static string Format(TimeSpan age) => age switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalMinutes: < 2 } => Text($"{(int)age.TotalSeconds}s"),
        { TotalMinutes: < 10 } => Pair((int)age.TotalMinutes, "m", age.Seconds, "s"),
        { TotalHours: < 3 } => Text($"{(int)age.TotalMinutes}m"),
        { TotalHours: < 8 } => Pair((int)age.TotalHours, "h", age.Minutes, "m"),
        { TotalHours: < 48 } => Text($"{(int)age.TotalHours}h"),
        { TotalDays: < 8 } => Pair((int)age.TotalDays, "d", age.Hours, "h"),
        { TotalDays: < 365 * 2 } => Text($"{(int)age.TotalDays}d"),
        _ => Pair((int)(age.TotalDays / 365), "y", (int)(age.TotalDays % 365), "d"),
    };

    private static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? Text($"{large}{largeUnit}") : Text($"{large}{largeUnit}{small}{smallUnit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
