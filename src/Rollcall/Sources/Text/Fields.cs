using System.Collections.Immutable;

namespace Rollcall.Sources.Text;

/// <summary>The fields of one map, read by name and type; every refusal names the field and its place.</summary>
internal sealed class Fields
{
    private readonly Dictionary<string, DataNode> _values = new(StringComparer.Ordinal);
    private readonly MapNode _map;

    /// <exception cref="DataFormatException">The map has a field that is not <paramref name="known"/>: as a rule a spelling mistake.</exception>
    public Fields(MapNode map, params ReadOnlySpan<string> known)
    {
        _map = map;
        foreach (var (key, value) in map.Entries)
        {
            if (!known.Contains(key.Text!))
                throw DataFormatException.At(key, $"there is no field '{key.Text}'; there are: {string.Join(", ", known.ToArray())}");
            // A field that is present but says nothing is as good as absent.
            if (value is not ScalarNode { Text: null })
                _values.Add(key.Text!, value);
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The field's place, for a message about its value.</summary>
    public DataNode Place(string name) => _values.TryGetValue(name, out var value) ? value : _map;

    public string? Text(string name) => _values.TryGetValue(name, out var value)
        ? (value as ScalarNode)?.Text ?? throw DataFormatException.At(value, $"'{name}' must be text")
        : null;

    public ImmutableArray<DataNode> List(string name) => _values.TryGetValue(name, out var value)
        ? (value as ListNode)?.Items ?? throw DataFormatException.At(value, $"'{name}' must be a list")
        : [];

    /// <summary>A map of text to text; scalars of other types are taken as they are written.</summary>
    public SmallMap<string> Strings(string name)
    {
        if (!_values.TryGetValue(name, out var value))
            return SmallMap<string>.Empty;
        var map = value as MapNode ?? throw DataFormatException.At(value, $"'{name}' must be a map");
        return new SmallMap<string>(map.Entries.Select(entry => KeyValuePair.Create(
            entry.Key.Text!,
            entry.Value is ScalarNode scalar ? scalar.Text ?? "" : throw DataFormatException.At(entry.Value, $"'{name}.{entry.Key.Text}' must be text"))));
    }
}
