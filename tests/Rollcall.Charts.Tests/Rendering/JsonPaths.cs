using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollcall.Charts.Tests.Rendering;

/// <summary>Fields of objects by their paths, such as <c>spec.template.spec</c>. Names with dots are not reached this way.</summary>
internal static class JsonPaths
{
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, static (at, name) => at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : (at as JsonObject)?[name]);

    public static string? Text(this JsonNode? node, string path) => node.At(path) is JsonValue value ? value.ToString() : null;

    public static IReadOnlyList<JsonObject> Items(this JsonNode? node, string path) => node.At(path) is JsonArray list ? [.. list.Select(static item => item!.AsObject())] : [];

    public static IReadOnlyList<string> Texts(this JsonNode? node, string path) => node.At(path) is JsonArray list ? [.. list.Select(static item => item!.ToString())] : [];

    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, string path) =>
        node.At(path) is JsonObject map ? map.ToDictionary(static item => item.Key, static item => item.Value!.ToString(), StringComparer.Ordinal) : new Dictionary<string, string>(StringComparer.Ordinal);

    public static bool Is(this JsonNode? node, string path, bool expected) => node.At(path)?.GetValueKind() == (expected ? JsonValueKind.True : JsonValueKind.False);

    /// <summary>True when a selector's labels are all among those of an object.</summary>
    public static bool Selects(this IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);
}
