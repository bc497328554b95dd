using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>
/// Reads one JSON object field by field, collecting what is wrong with fields instead of stopping at the first. Throws
/// <see cref="JsonException"/> only for what is no JSON at all.
/// </summary>
internal ref struct JsonBody
{
    private Utf8JsonReader _json;
    private List<FieldError>? _errors;

    public JsonBody(ReadOnlySequence<byte> body)
    {
        _json = new Utf8JsonReader(body);
        if (!IsUtf8(body))
            throw new JsonException("The body is not UTF-8.");
        if (body.IsEmpty)
            throw new JsonException("The body is empty; it must be a JSON object.");
        _json.Read();
    }

    /// <summary>What is wrong with fields; null while nothing is.</summary>
    public readonly IReadOnlyList<FieldError>? Errors => _errors;

    /// <summary>The token the reader stands on.</summary>
    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>The problem that an exception thrown here means.</summary>
    public static Problem Malformed(JsonException error)
    {
        var where = error.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $"Line {line + 1}, column {error.BytePositionInLine.GetValueOrDefault() + 1}: ")
            : "";
        // The parser appends its own, zero-based, position.
        var text = error.Message;
        var end = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new Problem(ProblemKind.MalformedJson, where + (end < 0 ? text : text[..end]));
    }

    /// <summary>Notes that a field is wrong.</summary>
    public void Refuse(string field, string message) => (_errors ??= []).Add(new FieldError(field, message));

    /// <summary>Notes that a field has the wrong type, and skips its value.</summary>
    public void RefuseType(string field, string expected)
    {
        Refuse(field, $"must be {expected}, got {Describe()}");
        Skip();
    }

    /// <summary>Steps onto the first field's name, or past the end of an empty object. False, with the value skipped, when it is no object.</summary>
    public bool TryEnterObject(string field, string expected = "an object")
    {
        if (_json.TokenType == JsonTokenType.StartObject)
            return true;
        RefuseType(field, expected);
        return false;
    }

    /// <summary>Moves to the next field's name; false at the end of the object. The value before must have been read or skipped.</summary>
    public bool NextField()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the next element; false at the end of the list.</summary>
    public bool NextElement()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>True when the field the reader stands on has this name.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name) =>
        _json.ValueIsEscaped ? Encoding.UTF8.GetBytes(Text()).AsSpan().SequenceEqual(name) : _json.ValueTextEquals(name);

    /// <summary>The name of the field.</summary>
    public readonly string Name => Text();

    /// <summary>Moves from a field's name to its value; false when that is null, which means absent.</summary>
    public bool MoveToValue()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.Null;
    }

    /// <summary>Skips the value the reader stands on, or that of the field whose name it stands on.</summary>
    public void Skip() => _json.Skip();

    /// <summary>Reads past the last closing brace, so that anything behind it is found.</summary>
    public void End()
    {
        if (_json.Read())
            throw new JsonException("There is more behind the object.");
    }

    /// <summary>A text; null, and noted, when it is none.</summary>
    public string? ReadText(string field)
    {
        if (_json.TokenType == JsonTokenType.String)
            return Text();
        RefuseType(field, "a text");
        return null;
    }

    /// <summary>A whole number; null, and noted, when it is none or beyond 32 bits.</summary>
    public int? ReadInt(string field, string expected)
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out var number))
            return number;
        RefuseType(field, expected);
        return null;
    }

    /// <summary>A duration as people write it; null, and noted, when it is none.</summary>
    public TimeSpan? ReadDuration(string field)
    {
        const int longest = 32;
        if (_json is { TokenType: JsonTokenType.String, ValueIsEscaped: false } && Length <= longest)
        {
            Span<char> text = stackalloc char[longest];
            if (DurationText.TryParse(text[.._json.CopyString(text)], out var duration))
                return duration;
        }

        RefuseType(field, "a duration such as 500ms, 10s, 1m30s");
        return null;
    }

    private readonly long Length => _json.HasValueSequence ? _json.ValueSequence.Length : _json.ValueSpan.Length;

    // A half of a surrogate pair is fine by the grammar and no text.
    /// <summary>The text the reader stands on; it must be one.</summary>
    public readonly string Text()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("A text holds half of a surrogate pair.", error);
        }
    }

    private readonly string Describe() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        JsonTokenType.Number => Encoding.ASCII.GetString(Raw()[..(int)Math.Min(Length, Echo.MaxLength)]),
        _ => Echo.Quote(Text()),
    };

    private readonly ReadOnlySpan<byte> Raw() => _json.HasValueSequence ? _json.ValueSequence.ToArray() : _json.ValueSpan;

    // The reader leaves bytes inside texts unchecked; a body of several pieces is rare and small.
    private static bool IsUtf8(ReadOnlySequence<byte> body) =>
        Utf8.IsValid(body.IsSingleSegment ? body.FirstSpan : body.ToArray());
}
