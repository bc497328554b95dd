using System.Text;
using System.Text.Json;

namespace Rollcall.Sources.Text;

/// <summary>Reads JSON into the same nodes as YAML, with the line and column of each.</summary>
internal static class JsonData
{
    /// <exception cref="DataFormatException">It is no JSON.</exception>
    public static DataNode Read(ReadOnlySpan<byte> utf8)
    {
        var builder = new DataBuilder();
        var place = new Place();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DataLimits.MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                place.MoveTo(utf8, (int)reader.TokenStartIndex);
                Take(ref reader, builder, place);
            }
        }
        catch (JsonException error)
        {
            // The parser's own text ends with the place, counted from 0; ours is counted from 1 and said by the caller.
            var message = error.Message.Split(" LineNumber:")[0].TrimEnd('.', '|', ' ');
            throw new DataFormatException(message, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1, error);
        }
        catch (InvalidOperationException error)
        {
            // Thrown for a string with a lone surrogate or bytes that are no UTF-8.
            throw new DataFormatException("a text is no valid Unicode", place.Line, place.Column, error);
        }

        return builder.Root ?? throw new DataFormatException("it is empty; write [] or {} when there is nothing to say", 1, 1);
    }

    private static void Take(ref Utf8JsonReader reader, DataBuilder builder, Place place)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                builder.OpenMap(place.Line, place.Column);
                break;
            case JsonTokenType.StartArray:
                builder.OpenList(place.Line, place.Column);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                builder.Close();
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                builder.AddScalar(reader.GetString(), place.Line, place.Column);
                break;
            case JsonTokenType.Null:
                builder.AddScalar(null, place.Line, place.Column);
                break;
            default:
                builder.AddScalar(Encoding.UTF8.GetString(reader.ValueSpan), place.Line, place.Column);
                break;
        }
    }

    // Follows the tokens, so that counting lines is linear in the whole.
    private sealed class Place
    {
        private int _at;

        public int Line { get; private set; } = 1;

        public int Column { get; private set; } = 1;

        public void MoveTo(ReadOnlySpan<byte> text, int at)
        {
            for (; _at < at; _at++)
            {
                if (text[_at] == '\n')
                {
                    Line++;
                    Column = 1;
                }
                else if ((text[_at] & 0xC0) != 0x80)
                {
                    // Continuation bytes belong to the character before.
                    Column++;
                }
            }
        }
    }
}
