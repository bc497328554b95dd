using System.Globalization;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Patching;

/// <summary>A JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    /// <exception cref="ApiStatusException">An operation is unknown, its path is not there or its test does not hold.</exception>
    public static JsonNode Apply(JsonNode target, JsonArray patch)
    {
        // A root that is an only child can be replaced like any other.
        var root = new JsonObject { ["root"] = target };
        foreach (var operation in patch.OfType<JsonObject>())
            Apply(root, operation);
        var result = root["root"]!;
        root.Remove("root");
        return result;
    }

    private static void Apply(JsonObject root, JsonObject operation)
    {
        var path = operation["path"]?.GetValue<string>() ?? throw Refuse("a path is missing");
        switch (operation["op"]?.GetValue<string>())
        {
            case "add":
                Add(root, path, operation["value"]?.DeepClone());
                break;
            case "remove":
                Remove(root, path);
                break;
            case "replace":
                Remove(root, path);
                Add(root, path, operation["value"]?.DeepClone());
                break;
            case "move":
                Add(root, path, Remove(root, From(operation)));
                break;
            case "copy":
                Add(root, path, Find(root, From(operation))?.DeepClone());
                break;
            case "test" when JsonNode.DeepEquals(Find(root, path), operation["value"]):
                break;
            case "test":
                throw Refuse($"testing value {path} failed");
            case var other:
                throw Refuse($"unexpected kind of operation: {other}");
        }
    }

    private static string From(JsonObject operation) => operation["from"]?.GetValue<string>() ?? throw Refuse("from is missing");

    private static void Add(JsonObject root, string path, JsonNode? value)
    {
        var (parent, last) = Resolve(root, path);
        if (parent is JsonArray array)
            array.Insert(last == "-" ? array.Count : Index(array, last, array.Count), value);
        else
            ((JsonObject)parent)[last] = value;
    }

    private static JsonNode? Remove(JsonObject root, string path)
    {
        var (parent, last) = Resolve(root, path);
        if (parent is JsonArray array)
        {
            var index = Index(array, last, array.Count - 1);
            var removed = array[index];
            array.RemoveAt(index);
            return removed;
        }

        var fields = (JsonObject)parent;
        if (!fields.TryGetPropertyValue(last, out var value))
            throw Refuse($"{path} is not there");
        fields.Remove(last);
        return value;
    }

    private static JsonNode? Find(JsonObject root, string path)
    {
        var (parent, last) = Resolve(root, path);
        return Child(parent, last);
    }

    private static (JsonNode Parent, string Last) Resolve(JsonObject root, string path)
    {
        var parts = $"/root{path}".Split('/').Skip(1).Select(static part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        JsonNode node = root;
        foreach (var part in parts[..^1])
            node = Child(node, part) ?? throw Refuse($"{path} is not there");
        return node is JsonValue ? throw Refuse($"{path} is not there") : (node, parts[^1]);
    }

    private static JsonNode? Child(JsonNode node, string part) => node switch
    {
        JsonArray array => array[Index(array, part, array.Count - 1)],
        JsonObject fields => fields[part],
        _ => null,
    };

    private static int Index(JsonArray array, string part, int largest) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= largest
            ? index
            : throw Refuse($"index {part} is outside of an array of {array.Count}");

    private static ApiStatusException Refuse(string why) => ApiStatusException.BadRequest($"the server rejected our request due to an error in our request: {why}");
}
