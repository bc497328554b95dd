using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollcall.Charts.Tests.Validation;

/// <summary>
/// The fields of Kubernetes' objects as its OpenAPI document has them (Schemas/kubernetes.json). Stricter than the API server was for long: a field it does not know is an
/// error here, and so is one of another type or one that is missing and must be there.
/// </summary>
internal sealed class KubernetesSchema
{
    private readonly Dictionary<string, string> _kinds;
    private readonly Dictionary<string, Dictionary<string, string>> _types;

    private KubernetesSchema(Dictionary<string, string> kinds, Dictionary<string, Dictionary<string, string>> types) => (_kinds, _types) = (kinds, types);

    public static KubernetesSchema Current { get; } = Read();

    /// <summary>Everything that is wrong with an object, each with its path.</summary>
    public IReadOnlyList<string> Violations(JsonObject item)
    {
        var kind = $"{item["apiVersion"]}/{item["kind"]}";
        if (!_kinds.TryGetValue(kind, out var type))
            return [$"{kind} is no kind of this schema; add it to Schemas/generate.mjs"];
        var found = new List<string>();
        Check(item, type, $"{item["kind"]}/{item["metadata"]?["name"]}", found);
        return found;
    }

    private void Check(JsonNode? node, string type, string path, List<string> found)
    {
        if (Inner(type, "Array<", ">") is { } item)
        {
            if (Expect(node as JsonArray, "a list", node, path, found) is { } list)
            {
                for (var i = 0; i < list.Count; i++)
                    Check(list[i], item, $"{path}[{i}]", found);
            }
        }
        else if (Inner(type, "{ [key: string]: ", "; }") is { } value)
        {
            foreach (var (name, field) in Expect(node as JsonObject, "a map", node, path, found) ?? [])
                Check(field, value, $"{path}.{name}", found);
        }
        else if (_types.TryGetValue(type, out var fields))
        {
            if (Expect(node as JsonObject, "an object", node, path, found) is { } json)
                CheckFields(json, fields, path, found);
        }
        else if (!IsPlain(node, type))
        {
            found.Add($"{path} is {node?.ToJsonString() ?? "null"} and must be {(type == "IntOrString" ? "a number or a name" : $"a {type}")}");
        }
    }

    private void CheckFields(JsonObject json, Dictionary<string, string> fields, string path, List<string> found)
    {
        foreach (var (name, value) in json)
        {
            if ((fields.GetValueOrDefault(name) ?? fields.GetValueOrDefault(name + "!")) is { } type)
                Check(value, type, $"{path}.{name}", found);
            else
                found.Add($"{path} has no field {name}");
        }

        found.AddRange(fields.Keys.Where(static name => name.EndsWith('!')).Where(name => !json.ContainsKey(name[..^1])).Select(name => $"{path} needs a field {name[..^1]}"));
    }

    private static bool IsPlain(JsonNode? node, string type) => (type, node?.GetValueKind()) switch
    {
        ("any", _) => true,
        ("string" or "Date", JsonValueKind.String) => true,
        ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("IntOrString", JsonValueKind.String) => true,
        ("IntOrString", JsonValueKind.Number) => node!.AsValue().TryGetValue<int>(out _),
        _ => false,
    };

    private static T? Expect<T>(T? node, string what, JsonNode? actual, string path, List<string> found)
        where T : JsonNode
    {
        if (node is null)
            found.Add($"{path} is {actual?.ToJsonString() ?? "null"} and must be {what}");
        return node;
    }

    private static string? Inner(string type, string before, string after) =>
        type.StartsWith(before, StringComparison.Ordinal) && type.EndsWith(after, StringComparison.Ordinal) ? type[before.Length..^after.Length] : null;

    private static KubernetesSchema Read()
    {
        using var file = typeof(KubernetesSchema).Assembly.GetManifestResourceStream("kubernetes.json")!;
        var json = JsonNode.Parse(file)!;
        return new(json["kinds"].Deserialize<Dictionary<string, string>>()!, json["types"].Deserialize<Dictionary<string, Dictionary<string, string>>>()!);
    }
}
