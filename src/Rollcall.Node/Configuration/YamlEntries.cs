using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Rollcall.Node.Configuration;

/// <summary>One key of a file with its value, or its values when it is a list.</summary>
/// <param name="Key">The path of names, joined by dots.</param>
/// <param name="Values">The values.</param>
/// <param name="Line">Where it stands, from 1.</param>
internal sealed record ConfigurationEntry(string Key, IReadOnlyList<string> Values, long Line);

/// <summary>Flattens a YAML document, of which JSON is a part, into keys and values. Needs no reflection.</summary>
internal static class YamlEntries
{
    /// <summary>Every key with a value, in the order of the file.</summary>
    /// <exception cref="YamlException">It is not YAML, or not of the shape of a configuration.</exception>
    public static List<ConfigurationEntry> Read(TextReader text)
    {
        var entries = new List<ConfigurationEntry>();
        var parser = new Parser(text);
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return entries;
        if (parser.TryConsume<MappingStart>(out _))
            ReadMapping(parser, "", entries);
        else if (!parser.Accept<Scalar>(out var only) || only.Value.Length > 0)
            throw Wrong(parser.Current!, "The file must be a mapping of keys to values.");
        return entries;
    }

    private static void ReadMapping(Parser parser, string prefix, List<ConfigurationEntry> entries)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var name))
                throw Wrong(parser.Current!, "A key must be a plain name.");
            var key = prefix + name.Value;
            if (parser.TryConsume<MappingStart>(out _))
                ReadMapping(parser, key + ".", entries);
            else if (parser.TryConsume<SequenceStart>(out _))
                entries.Add(new(key, ReadList(parser), name.Start.Line));
            else if (!parser.TryConsume<Scalar>(out var value))
                throw Wrong(parser.Current!, $"{key} must be a plain value, a list of them or a mapping.");
            else if (!IsNull(value))
                entries.Add(new(key, [value.Value], name.Start.Line));
        }
    }

    private static List<string> ReadList(Parser parser)
    {
        var values = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var value))
                throw Wrong(parser.Current!, "A list must hold plain values.");
            values.Add(value.Value);
        }

        return values;
    }

    // A key without a value means its default, as if the line were not there.
    private static bool IsNull(Scalar value) => value.Style == ScalarStyle.Plain && value.Value is "" or "~" or "null";

    private static YamlException Wrong(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
