using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rollcall.Configuration;

/// <summary>
/// Reads the options of a section and collects what cannot be read and what nobody asks for. By hand rather than by binding, so that durations are written as
/// everywhere else (<c>2s</c>), a misspelt key is told, and trimming takes nothing away.
/// </summary>
/// <param name="section">The section.</param>
/// <param name="errors">Where each mistake goes, in one sentence with its key.</param>
internal sealed class ConfigurationReader(IConfigurationSection section, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string? Text(string key)
    {
        _known.Add(key);
        return string.IsNullOrWhiteSpace(section[key]) ? null : section[key]!.Trim();
    }

    /// <summary><c>2s</c>, <c>500ms</c> or <c>00:00:02</c>.</summary>
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

    public bool? Flag(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return bool.TryParse(text, out var flag) ? flag : Refuse<bool>(key, text, "neither true nor false");
    }

    /// <summary>A list: <c>KEY:0</c>, <c>KEY:1</c>… or one value with commas.</summary>
    public IReadOnlyList<string> List(string key) => Text(key) is { } text
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. section.GetSection(key).GetChildren().Select(static child => child.Value?.Trim() ?? "").Where(static value => value.Length > 0)];

    /// <summary>A map: each child of <paramref name="key"/> with its value.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren().Select(static child => KeyValuePair.Create(child.Key, child.Value ?? ""));
    }

    /// <summary>A map of numbers.</summary>
    public IEnumerable<KeyValuePair<string, int>> Numbers(string key)
    {
        foreach (var (name, text) in Pairs(key))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                yield return KeyValuePair.Create(name, number);
            else
                Refuse<int>($"{key}:{name}", text, "no whole number");
        }
    }

    /// <summary>The options of a part of the section.</summary>
    public ConfigurationReader Part(string key)
    {
        _known.Add(key);
        return new ConfigurationReader(section.GetSection(key), errors);
    }

    /// <summary>A map of parts: each child of <paramref name="key"/>.</summary>
    public IEnumerable<(string Key, ConfigurationReader Reader)> Parts(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren().Select(child => (child.Key, new ConfigurationReader(child, errors)));
    }

    /// <summary>Keys that others read.</summary>
    public void Others(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            _known.Add(key);
    }

    /// <summary>To be called last: every key that nobody has asked for is a mistake.</summary>
    public void End()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
            errors.Add($"{child.Path} is no option; there are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }

    private T? Refuse<T>(string key, string text, string problem)
        where T : struct
    {
        errors.Add($"{section.Path}:{key} is '{text}', which is {problem}.");
        return null;
    }
}
