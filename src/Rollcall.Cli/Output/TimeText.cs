using System.Globalization;

namespace Rollcall.Cli.Output;

/// <summary>Moments as the API writes them: ISO 8601, UTC, to the millisecond; always equally long, so that columns align.</summary>
internal static class TimeText
{
    public static string Format(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
