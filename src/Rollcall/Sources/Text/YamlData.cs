using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Rollcall.Sources.Text;

/// <summary>Reads YAML through the parser's events alone: no reflection, and no alias that could multiply a small file into a huge document.</summary>
internal static class YamlData
{
    /// <exception cref="DataFormatException">It is no YAML, or uses what is refused here.</exception>
    public static DataNode Read(string text)
    {
        var builder = new DataBuilder();
        var parser = new Parser(new StringReader(text));
        try
        {
            var documents = 0;
            while (parser.MoveNext())
            {
                if (parser.Current is DocumentStart start && ++documents > 1)
                    throw Refused(start, "a second document begins; put everything into one");
                Take(parser.Current!, builder);
            }
        }
        catch (YamlException error)
        {
            var (line, column) = Inside(text, error.Start);
            throw new DataFormatException(error.Message.TrimEnd('.'), line, column, error);
        }
        catch (Exception error) when (error is not DataFormatException)
        {
            // The parser lets other exceptions slip for some malformed tags and escapes; the file is at fault all the same.
            var (line, column) = Inside(text, parser.Current?.End ?? Mark.Empty);
            throw new DataFormatException(error.Message.TrimEnd('.'), line, column, error);
        }

        return builder.Root ?? throw new DataFormatException("it is empty; write [] or {} when there is nothing to say", 1, 1);
    }

    // The parser reports what is missing at the end of the text one line after its last.
    private static (int Line, int Column) Inside(string text, Mark mark)
    {
        var lines = text.AsSpan().Count('\n') + 1;
        return mark.Line <= lines ? ((int)mark.Line, (int)mark.Column) : (lines, text.Length - text.LastIndexOf('\n'));
    }

    private static void Take(ParsingEvent item, DataBuilder builder)
    {
        var (line, column) = ((int)item.Start.Line, (int)item.Start.Column);
        if (item is AnchorAlias || item is NodeEvent { Anchor.IsEmpty: false })
            throw Refused(item, "anchors (&) and aliases (*) are not supported; write the value out");
        switch (item)
        {
            case MappingStart:
                builder.OpenMap(line, column);
                break;
            case SequenceStart:
                builder.OpenList(line, column);
                break;
            case MappingEnd or SequenceEnd:
                builder.Close();
                break;
            case Scalar scalar:
                // YAML 1.2 core schema, section 10.3.2: these spell nothing, unless quoted.
                var isNull = scalar.IsPlainImplicit && scalar.Value is "" or "~" or "null" or "Null" or "NULL" && scalar.Style == ScalarStyle.Plain;
                builder.AddScalar(isNull ? null : scalar.Value, line, column);
                break;
        }
    }

    private static DataFormatException Refused(ParsingEvent item, string message) => new(message, (int)item.Start.Line, (int)item.Start.Column);
}
