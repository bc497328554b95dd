using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>
/// Gives equal short texts one string: ten thousand endpoints name a few zones, nodes and port names. Not thread-safe; each watch has its own.
/// </summary>
internal sealed class StringCache
{
    private const int MaxBytes = 64;

    // A power of two. A new text takes the place of an old one with the same hash, so it never grows.
    private readonly string?[] _slots = new string?[1024];

    /// <summary>The text or field name here.</summary>
    public string Get(ref Utf8JsonReader json)
    {
        if (json.HasValueSequence || json.ValueIsEscaped || json.ValueSpan.Length > MaxBytes)
            return json.GetString()!;
        var hash = new HashCode();
        hash.AddBytes(json.ValueSpan);
        ref var slot = ref _slots[hash.ToHashCode() & (_slots.Length - 1)];
        return slot is not null && json.ValueTextEquals(slot) ? slot : slot = json.GetString()!;
    }

    /// <summary>The text here; null for null.</summary>
    public string? Text(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.String ? Get(ref json) : json.Text();
}
