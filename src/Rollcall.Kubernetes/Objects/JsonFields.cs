using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>Walks the fields of a JSON object; what is not asked for is skipped without being decoded.</summary>
internal static class JsonFields
{
    /// <summary>Moves into the object that begins here; false when there is null instead.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static bool EnterObject(this ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw new JsonException($"an object was expected, not {json.TokenType}"),
    };

    /// <summary>Moves into the object that begins here.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static void RequireObject(this ref Utf8JsonReader json)
    {
        if (!json.EnterObject())
            throw new JsonException("an object was expected, not null");
    }

    /// <summary>Moves into the array that begins here; false when there is null instead.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static bool EnterArray(this ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartArray => true,
        JsonTokenType.Null => false,
        _ => throw new JsonException($"a list was expected, not {json.TokenType}"),
    };

    /// <summary>Moves to the next field's name; false at the end of the object.</summary>
    public static bool NextField(this ref Utf8JsonReader json)
    {
        Advance(ref json);
        return json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the next item; false at the end of the array.</summary>
    public static bool NextItem(this ref Utf8JsonReader json)
    {
        Advance(ref json);
        return json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>When the present field is <paramref name="name"/>, moves to its value.</summary>
    public static bool Is(this ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (!json.ValueTextEquals(name))
            return false;
        Advance(ref json);
        return true;
    }

    /// <summary>Skips the value of the present field.</summary>
    public static void SkipField(this ref Utf8JsonReader json)
    {
        Advance(ref json);
        json.Skip();
    }

    /// <summary>The text here; null for null.</summary>
    public static string? Text(this ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String => json.GetString(),
        JsonTokenType.Null => null,
        _ => throw new JsonException($"text was expected, not {json.TokenType}"),
    };

    /// <summary>The truth value here; null for null.</summary>
    public static bool? Flag(this ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw new JsonException($"true or false was expected, not {json.TokenType}"),
    };

    /// <summary>The whole number here; null for null.</summary>
    public static int? Number(this ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number when json.TryGetInt32(out var number) => number,
        JsonTokenType.Null => null,
        _ => throw new JsonException($"a whole number was expected, not {json.TokenType}"),
    };

    /// <summary>The time here (RFC 3339); null for null and for what is none.</summary>
    public static DateTimeOffset? Time(this ref Utf8JsonReader json) =>
        DateTimeOffset.TryParse(json.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>A map of text to text.</summary>
    public static SmallMap<string> Strings(this ref Utf8JsonReader json, StringCache strings)
    {
        if (!json.EnterObject())
            return SmallMap<string>.Empty;
        // As everywhere in JSON of unknown origin, the last of two equal keys counts.
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.NextField())
        {
            var key = strings.Get(ref json);
            Advance(ref json);
            pairs[key] = strings.Text(ref json) ?? "";
        }

        return pairs.Count == 0 ? SmallMap<string>.Empty : new SmallMap<string>(pairs);
    }

    /// <summary>The items of a list.</summary>
    public static ImmutableArray<T> List<T>(this ref Utf8JsonReader json, StringCache strings, ItemReader<T> read)
    {
        if (!json.EnterArray())
            return [];
        var items = ImmutableArray.CreateBuilder<T>();
        while (json.NextItem())
            items.Add(read(ref json, strings));
        return items.DrainToImmutable();
    }

    // The whole document is in memory, so an end that comes too soon is an error the reader itself reports.
    private static void Advance(ref Utf8JsonReader json)
    {
        if (!json.Read())
            throw new JsonException("it ends too soon");
    }
}

/// <summary>Reads the value the reader stands on and leaves it on that value's last token.</summary>
internal delegate T ItemReader<out T>(ref Utf8JsonReader json, StringCache strings);
