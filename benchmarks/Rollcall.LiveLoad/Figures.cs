using System.Globalization;

namespace Rollcall.LiveLoad;

/// <summary>Figures as they stand in the report.</summary>
internal static class Figures
{
    public static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Milliseconds(double milliseconds) => Say($"{milliseconds:0.0} ms");
}
