using System.Globalization;

namespace Rollcall.Gateway.Configuration;

/// <summary>Shares of a whole as people write them: <c>10%</c>, <c>12.5%</c>.</summary>
internal static class PercentText
{
    /// <summary>By how much a sum may miss a hundred: thirds and the like do not sum to it exactly.</summary>
    public const double Tolerance = 0.011;

    public static bool TryParse(string text, out double percent)
    {
        percent = 0;
        return text.EndsWith('%')
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent)
            && percent is >= 0 and <= 100;
    }

    public static string Format(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.###}%");
}
