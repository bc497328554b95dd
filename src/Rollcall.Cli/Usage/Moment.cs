using System.Globalization;

namespace Rollcall.Cli.Usage;

/// <summary>A moment as people write it. The node reads a duration ago by its own clock, so it is passed on as it is.</summary>
/// <param name="Ago">How long ago; null when the moment is absolute.</param>
/// <param name="Absolute">The moment; meaningful only when <paramref name="Ago"/> is null.</param>
internal sealed record Moment(TimeSpan? Ago, DateTimeOffset Absolute)
{
    /// <summary>As the API reads it.</summary>
    public string ApiText => Ago is { } ago ? DurationText.Format(ago) : Absolute.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The moment by our clock.</summary>
    public DateTimeOffset At(DateTimeOffset now) => Ago is { } ago ? now - ago : Absolute;

    public static bool TryParse(string text, out Moment? moment)
    {
        if (DurationText.TryParse(text, out var ago))
        {
            moment = new Moment(ago, default);
            return true;
        }

        // A date alone or a time of day alone would be guessed at; ISO 8601 with both cannot be misread.
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text.Length > 10 && text[4] == '-' && text[10] is 'T' or ' '
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var absolute))
        {
            moment = new Moment(null, absolute);
            return true;
        }

        moment = null;
        return false;
    }
}
