using System.Globalization;

namespace Rollcall.GossipLoad;

/// <summary>Figures as they stand in the report.</summary>
internal static class Figures
{
    public static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Seconds(double seconds) => Say($"{seconds:0.00} s");

    public static string Megabytes(double bytes) => Say($"{bytes / 1e6:0.0} MB");
}
