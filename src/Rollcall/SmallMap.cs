using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Rollcall;

/// <summary>
/// An immutable map of strings to values, sorted by key and compared by content. Made for the handful of ports and labels
/// an endpoint carries: one array, no hashing, a linear look-up.
/// </summary>
/// <typeparam name="TValue">What is stored under each key.</typeparam>
public sealed class SmallMap<TValue> : IReadOnlyDictionary<string, TValue>, IEquatable<SmallMap<TValue>>
{
    private readonly KeyValuePair<string, TValue>[] _items;

    /// <summary>Copies <paramref name="items"/>, sorted by ordinal key.</summary>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    public SmallMap(IEnumerable<KeyValuePair<string, TValue>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = [.. items];
        Array.Sort(_items, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (var i = 1; i < _items.Length; i++)
        {
            if (string.Equals(_items[i - 1].Key, _items[i].Key, StringComparison.Ordinal))
                throw new ArgumentException($"The key '{_items[i].Key}' occurs twice.", nameof(items));
        }
    }

    /// <summary>The map with nothing in it.</summary>
    public static SmallMap<TValue> Empty { get; } = new([]);

    /// <inheritdoc />
    public int Count => _items.Length;

    /// <inheritdoc />
    public IEnumerable<string> Keys => _items.Select(static item => item.Key);

    /// <inheritdoc />
    public IEnumerable<TValue> Values => _items.Select(static item => item.Value);

    /// <inheritdoc />
    public TValue this[string key] => TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no '{key}'; there are: {string.Join(", ", Keys)}.");

    /// <summary>The entries in key order, without allocating.</summary>
    public ReadOnlySpan<KeyValuePair<string, TValue>> AsSpan() => _items;

    /// <inheritdoc />
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        foreach (ref readonly var item in _items.AsSpan())
        {
            if (!string.Equals(item.Key, key, StringComparison.Ordinal))
                continue;
            value = item.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>True when both hold the same keys with equal values.</summary>
    public bool Equals(SmallMap<TValue>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._items.Length != _items.Length)
            return false;
        for (var i = 0; i < _items.Length; i++)
        {
            if (!string.Equals(_items[i].Key, other._items[i].Key, StringComparison.Ordinal)
                || !EqualityComparer<TValue>.Default.Equals(_items[i].Value, other._items[i].Value))
                return false;
        }

        return true;
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SmallMap<TValue>);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (ref readonly var item in _items.AsSpan())
        {
            hash.Add(item.Key, StringComparer.Ordinal);
            hash.Add(item.Value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, TValue>>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
