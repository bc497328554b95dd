using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>Reads the body of a registration. Every field that is wrong is reported at once, by type here and by rule in <see cref="RegistrationValidator"/>.</summary>
internal static class RegistrationReader
{
    private const string PortRule = "a number from 1 to 65535";

    [Flags]
    private enum Field
    {
        None = 0,
        Address = 1,
        Ports = 2,
        Ttl = 4,
        Weight = 8,
        Zone = 16,
        Node = 32,
        Metadata = 64,
        Checks = 128,
    }

    /// <summary>The registration, or why it is refused.</summary>
    public static Problem? Read(ReadOnlySequence<byte> body, InstanceKey key, out InstanceRegistration? registration)
    {
        registration = null;
        try
        {
            var json = new JsonBody(body);
            var read = ReadObject(ref json, key);
            json.End();
            var errors = Merge(json.Errors, RegistrationValidator.Validate(read));
            if (errors.Count > 0)
                return Problem.Invalid(errors);
            registration = read;
            return null;
        }
        catch (JsonException error)
        {
            return JsonBody.Malformed(error);
        }
    }

    private static InstanceRegistration ReadObject(ref JsonBody json, InstanceKey key)
    {
        var read = new InstanceRegistration { Service = key.Service, Id = key.Id, Address = "", Ports = SmallMap<int>.Empty };
        if (!json.TryEnterObject("body", "an object such as {\"address\":\"10.0.0.5\",\"ports\":{\"http\":8080}}"))
            return read;
        var seen = Field.None;
        string? address = null, zone = null, node = null;
        int? weight = null;
        TimeSpan? ttl = null;
        SmallMap<int>? ports = null;
        SmallMap<string>? metadata = null;
        ImmutableArray<CheckDefinition>? checks = null;
        while (json.NextField())
        {
            var field = Identify(ref json);
            if (field == Field.None)
            {
                json.Skip();
                continue;
            }

            if ((seen & field) != Field.None)
                json.Refuse(Name(field), "occurs twice");
            seen |= field;
            if (!json.MoveToValue())
                continue;
            switch (field)
            {
                case Field.Address:
                    address = json.ReadText("address");
                    break;
                case Field.Ports:
                    ports = ReadPorts(ref json);
                    break;
                case Field.Ttl:
                    ttl = json.ReadDuration("ttl");
                    break;
                case Field.Weight:
                    weight = json.ReadInt("weight", "a whole number from 0 to 100");
                    break;
                case Field.Zone:
                    zone = json.ReadText("zone");
                    break;
                case Field.Node:
                    node = json.ReadText("node");
                    break;
                case Field.Metadata:
                    metadata = ReadMetadata(ref json);
                    break;
                default:
                    checks = CheckReader.Read(ref json);
                    break;
            }
        }

        return new InstanceRegistration
        {
            Service = key.Service,
            Id = key.Id,
            Address = address ?? "",
            Ports = ports ?? SmallMap<int>.Empty,
            Ttl = ttl ?? InstanceRegistration.DefaultTtl,
            Weight = weight ?? Endpoint.DefaultWeight,
            Zone = zone,
            Node = node,
            Metadata = metadata ?? SmallMap<string>.Empty,
            Checks = checks ?? [],
        };
    }

    private static Field Identify(ref JsonBody json) =>
        json.IsNamed("address"u8) ? Field.Address
        : json.IsNamed("ports"u8) ? Field.Ports
        : json.IsNamed("ttl"u8) ? Field.Ttl
        : json.IsNamed("weight"u8) ? Field.Weight
        : json.IsNamed("zone"u8) ? Field.Zone
        : json.IsNamed("node"u8) ? Field.Node
        : json.IsNamed("metadata"u8) ? Field.Metadata
        : json.IsNamed("checks"u8) ? Field.Checks
        : Field.None;

    private static string Name(Field field) => field switch
    {
        Field.Address => "address",
        Field.Ports => "ports",
        Field.Ttl => "ttl",
        Field.Weight => "weight",
        Field.Zone => "zone",
        Field.Node => "node",
        Field.Metadata => "metadata",
        _ => "checks",
    };

    private static SmallMap<int>? ReadPorts(ref JsonBody json)
    {
        if (!json.TryEnterObject("ports", "an object such as {\"http\":8080}"))
            return null;
        var items = new List<KeyValuePair<string, int>>(2);
        while (json.NextField())
        {
            // Nearly every instance has this one; it need not be a string of its own.
            var name = json.IsNamed("http"u8) ? "http" : json.Name;
            json.MoveToValue();
            var number = json.ReadInt(Path("ports", name), PortRule);
            // Zero was refused already when it stands for what could not be read.
            items.Add(new(name, number ?? 0));
        }

        return ToMap(ref json, "ports", items);
    }

    private static SmallMap<string>? ReadMetadata(ref JsonBody json)
    {
        if (!json.TryEnterObject("metadata", "an object of texts"))
            return null;
        var items = new List<KeyValuePair<string, string>>(4);
        while (json.NextField())
        {
            var key = json.Name;
            json.MoveToValue();
            items.Add(new(key, json.ReadText(Path("metadata", key)) ?? ""));
        }

        return ToMap(ref json, "metadata", items);
    }

    private static SmallMap<T> ToMap<T>(ref JsonBody json, string field, List<KeyValuePair<string, T>> items)
    {
        if (items.Count == 1)
            return new SmallMap<T>(items);
        items.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (var i = items.Count - 1; i > 0; i--)
        {
            if (!string.Equals(items[i].Key, items[i - 1].Key, StringComparison.Ordinal))
                continue;
            json.Refuse(Path(field, items[i].Key), "occurs twice");
            items.RemoveAt(i);
        }

        return new SmallMap<T>(items);
    }

    private static string Path(string field, string key) =>
        $"{field}.{(key.Length <= Echo.MaxLength ? key : key[..Echo.MaxLength])}";

    // A field whose type was wrong stands at its default; what the rules say of that would only confuse.
    private static IReadOnlyList<FieldError> Merge(IReadOnlyList<FieldError>? types, IReadOnlyList<FieldError> rules)
    {
        if (types is null)
            return rules;
        if (types.Any(static error => error.Field == "body"))
            return types;
        return
        [
            .. types,
            .. rules.Where(rule => !types.Any(type =>
                rule.Field.StartsWith(type.Field, StringComparison.Ordinal) || type.Field.StartsWith(rule.Field, StringComparison.Ordinal))),
        ];
    }
}
