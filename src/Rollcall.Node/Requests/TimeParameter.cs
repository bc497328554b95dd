using System.Globalization;

namespace Rollcall.Node.Requests;

/// <summary>A moment as a query names it: ISO 8601, or a duration ago.</summary>
internal static class TimeParameter
{
    /// <summary>What is accepted, for messages.</summary>
    public const string Rule = "must be a time such as 2026-01-31T12:00:00Z or a duration ago such as 10m";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>The moment (UTC); one without a zone is taken for UTC.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset moment)
    {
        if (DurationText.TryParse(text, out var ago))
        {
            moment = now - ago;
            return true;
        }

        // The plus of a zone reaches us as a space unless the client has escaped it.
        Span<char> restored = stackalloc char[Math.Min(text.Length, 40)];
        text[..restored.Length].CopyTo(restored);
        restored.Replace(' ', '+');
        return DateTimeOffset.TryParseExact(
            restored, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment)
            && text.Length == restored.Length;
    }
}
