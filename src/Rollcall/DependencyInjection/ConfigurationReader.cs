using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rollcall.DependencyInjection;

/// <summary>Reads single values of a section and collects what cannot be read. By hand rather than by reflection, so that trimming takes nothing away.</summary>
internal sealed class ConfigurationReader(IConfiguration section, List<string> unreadable)
{
    public string? Text(string key) => string.IsNullOrWhiteSpace(section[key]) ? null : section[key]!.Trim();

    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (DurationText.TryParse(text, out var duration) || TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration))
            return duration;
        return Refuse<TimeSpan>(key, text, "no duration; write it like 2s, 500ms or 00:00:02");
    }

    public int? Number(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Refuse<int>(key, text, "no whole number");
    }

    public double? Share(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) ? share : Refuse<double>(key, text, "no number");
    }

    private T? Refuse<T>(string key, string text, string problem)
        where T : struct
    {
        unreadable.Add($"{RollcallOptions.Section}:{key} is '{text}', which is {problem}.");
        return null;
    }
}
