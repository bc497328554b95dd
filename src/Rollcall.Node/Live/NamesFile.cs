using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rollcall.Registry;
using Rollcall.Sources.Text;

namespace Rollcall.Node.Live;

/// <summary>What people call instances: a template, and what is said of single ones by id, ordinal or label. It never supplies addresses.</summary>
internal sealed record NamesFile(string? Template, ImmutableArray<NamesFile.Entry> Entries)
{
    private static readonly string[] Keys = ["id", "ordinal", "label", "name", "description", "icon", "order", "notes"];

    public static NamesFile None { get; } = new(null, []);

    /// <summary>What is said of an instance.</summary>
    public Entry? Find(Instance instance) => Entries.FirstOrDefault(entry => entry.Matches(instance));

    /// <summary>Its name: said of it, else made by the template, else its id.</summary>
    public string NameOf(Instance instance) => Find(instance)?.Name
        ?? (Template is { } template ? NameTemplate.Fill(template, hole => ValueOf(instance, hole)) : instance.Registration.Id);

    /// <summary>The ordinal of a StatefulSet's pod; null for others.</summary>
    public static string? OrdinalOf(Instance instance) => instance.Registration.Metadata.TryGetValue("instance", out var ordinal)
        && ordinal.Length is > 0 and < 10 && ordinal.All(char.IsAsciiDigit) ? ordinal : null;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It cannot be used; the message has file, line and reason.</exception>
    public static NamesFile Parse(string file, ReadOnlySpan<byte> text)
    {
        try
        {
            var root = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonData.Read(text) : YamlData.Read(Encoding.UTF8.GetString(text));
            return root switch
            {
                ListNode list => new(null, [.. list.Items.Select(Read)]),
                MapNode map => new(TemplateOf(map), Find(map, "instances") is ListNode list ? [.. list.Items.Select(Read)] : []),
                _ => throw DataFormatException.At(root, "the file must be a map with 'template' and 'instances', or a list of instances"),
            };
        }
        catch (DataFormatException error)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{file}({error.Line},{error.Column}): {error.Message}"), error);
        }
    }

    private static string? TemplateOf(MapNode map)
    {
        if (Find(map, "template") is not ScalarNode { Text: { } template } node)
            return null;
        return NameTemplate.ProblemOf(template) is { } problem ? throw DataFormatException.At(node, $"'template': {problem}") : template;
    }

    private static Entry Read(DataNode node)
    {
        if (node is not MapNode map)
            throw DataFormatException.At(node, "an instance must be a map");
        foreach (var (key, _) in map.Entries)
        {
            if (!Keys.Contains(key.Text, StringComparer.Ordinal))
                throw DataFormatException.At(key, $"there is no key '{key.Text}'; there are {string.Join(", ", Keys)}");
        }

        var (id, ordinal, label) = (Text(map, "id"), Text(map, "ordinal"), Text(map, "label")?.Split('=', 2));
        if (id is null && ordinal is null && label is not { Length: 2 })
            throw DataFormatException.At(map, "an instance needs 'id', 'ordinal' or 'label' (KEY=VALUE), to say which one is meant");
        return new(
            id, ordinal, label is null ? null : (label[0], label[1]), Text(map, "name"), Text(map, "description"), Text(map, "icon"),
            OrderOf(map), Text(map, "notes"));
    }

    private static int? OrderOf(MapNode map)
    {
        if (Text(map, "order") is not { } order)
            return null;
        return int.TryParse(order, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place)
            ? place
            : throw DataFormatException.At(map, $"order must be a whole number, such as 1, not {order}");
    }

    private static string? Text(MapNode map, string key) => (Find(map, key) as ScalarNode)?.Text;

    private static DataNode? Find(MapNode map, string key)
    {
        foreach (var (name, value) in map.Entries)
        {
            if (name.Text == key)
                return value;
        }

        return null;
    }

    private static string? ValueOf(Instance instance, string hole) => hole switch
    {
        "ordinal" => OrdinalOf(instance),
        "id" => instance.Registration.Id,
        "node" => instance.Registration.Node,
        "zone" => instance.Registration.Zone,
        _ => hole.StartsWith("label.", StringComparison.Ordinal) && instance.Registration.Metadata.TryGetValue(hole[6..], out var value) ? value : null,
    };

    /// <summary>What is said of one instance.</summary>
    internal sealed record Entry(string? Id, string? Ordinal, (string Key, string Value)? Label, string? Name, string? Description, string? Icon, int? Order, string? Notes)
    {
        public bool Matches(Instance instance) =>
            (Id is not null && (Id == instance.Registration.Id || $"instance-{OrdinalOf(instance)}" == Id))
            || (Ordinal is not null && Ordinal == OrdinalOf(instance))
            || (Label is var (key, value) && instance.Registration.Metadata.TryGetValue(key, out var found) && found == value);
    }
}
