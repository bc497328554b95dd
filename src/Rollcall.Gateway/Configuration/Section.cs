using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>The keys of one map of a routes file, read by name and type. What is wrong is noted with its place, and reading goes on, so that all of it is told at once.</summary>
internal sealed class Section
{
    private readonly Dictionary<string, DataNode> _values = new(StringComparer.Ordinal);
    private readonly string _where;
    private readonly MapNode _map;
    private readonly List<ConfigError> _errors;

    /// <param name="map">The map.</param>
    /// <param name="where">What it describes, as an error says it: <c>route 'orders'</c>; empty for the file itself.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="known">The keys it may have.</param>
    public Section(MapNode map, string where, List<ConfigError> errors, params ReadOnlySpan<string> known)
    {
        _map = map;
        _where = where;
        _errors = errors;
        foreach (var (key, value) in map.Entries)
        {
            if (!known.Contains(key.Text!))
                Fail(key, $"there is no key '{key.Text}'; there are: {string.Join(", ", known.ToArray())}");
            else if (value is not ScalarNode { Text: null })
                _values.Add(key.Text!, value);
        }
    }

    public List<ConfigError> Errors => _errors;

    public string Where => _where;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The value's place; the map's when there is none.</summary>
    public DataNode Place(string key) => _values.TryGetValue(key, out var value) ? value : _map;

    public DataNode? Node(string key) => _values.GetValueOrDefault(key);

    public void Fail(DataNode place, string message) =>
        _errors.Add(new(place.Line, place.Column, _where.Length == 0 ? message : $"{_where}: {message}"));

    public void Fail(string key, string message) => Fail(Place(key), message);

    public string? Text(string key)
    {
        if (Node(key) is not { } node)
            return null;
        if (node is ScalarNode { Text: { Length: > 0 } text })
            return text;
        Fail(node, $"'{key}' must be text");
        return null;
    }

    public string? OneOf(string key, params ReadOnlySpan<string> allowed)
    {
        if (Text(key) is not { } text || allowed.Contains(text))
            return Text(key);
        Fail(key, $"'{key}' is '{text}'; there are: {string.Join(", ", allowed.ToArray())}");
        return null;
    }

    public bool? Flag(string key)
    {
        switch (Text(key))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            case var text:
                Fail(key, $"'{key}' is '{text}'; it must be true or false");
                return null;
        }
    }

    public TimeSpan? Duration(string key, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
            return null;
        if (DurationText.TryParse(text, out var duration) && duration >= min && duration <= max)
            return duration;
        Fail(key, $"'{key}' is '{text}'; it must be a duration from {DurationText.Format(min)} to {DurationText.Format(max)}");
        return null;
    }

    public long? Number(string key, long min, long max)
    {
        if (Text(key) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Fail(key, string.Create(CultureInfo.InvariantCulture, $"'{key}' is '{text}'; it must be a number from {min} to {max}"));
        return null;
    }

    public double? Fraction(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return number;
        Fail(key, $"'{key}' is '{text}'; it must be a number such as 0.5");
        return null;
    }

    /// <summary>A share of a whole, written <c>10%</c> or <c>12.5%</c>; in percent.</summary>
    public double? Percent(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (PercentText.TryParse(text, out var percent))
            return percent;
        Fail(key, $"'{key}' is '{text}'; it must be a share from 0% to 100%, such as 10%");
        return null;
    }

    /// <summary>One text, or a list of them.</summary>
    public ImmutableArray<(string Text, DataNode Place)> Texts(string key)
    {
        if (Node(key) is not { } node)
            return [];
        var items = node is ListNode list ? list.Items : [node];
        var texts = ImmutableArray.CreateBuilder<(string, DataNode)>(items.Length);
        foreach (var item in items)
        {
            if (item is ScalarNode { Text: { Length: > 0 } text })
                texts.Add((text, item));
            else
                Fail(item, $"'{key}' must be text or a list of texts");
        }

        return texts.DrainToImmutable();
    }

    public MapNode? Map(string key)
    {
        if (Node(key) is not { } node)
            return null;
        if (node is MapNode map)
            return map;
        Fail(node, $"'{key}' must be a map");
        return null;
    }

    public ImmutableArray<DataNode> List(string key)
    {
        if (Node(key) is not { } node)
            return [];
        if (node is ListNode list)
            return list.Items;
        Fail(node, $"'{key}' must be a list");
        return [];
    }

    /// <summary>The map below a key as a section of its own; null when there is none.</summary>
    public Section? Part(string key, params ReadOnlySpan<string> known) =>
        Map(key) is { } map ? new Section(map, _where.Length == 0 ? key : $"{_where}, {key}", _errors, known) : null;
}
