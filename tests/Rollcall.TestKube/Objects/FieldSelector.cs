using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Objects;

/// <summary>A field selector: <c>metadata.name=orders,status.phase!=Failed</c>.</summary>
public sealed class FieldSelector
{
    private readonly List<(string Field, string Value, bool IsEqual)> _requirements = [];

    private FieldSelector()
    {
    }

    /// <summary>The name it asks for, where it asks for one: the API server authorizes such lists and watches by name.</summary>
    public string? Name => _requirements.Where(static requirement => requirement is { Field: "metadata.name", IsEqual: true }).Select(static requirement => requirement.Value).FirstOrDefault();

    /// <exception cref="ApiStatusException">It is none, or names a field this resource cannot be selected by.</exception>
    public static FieldSelector Parse(string? text, ApiResource resource)
    {
        var selector = new FieldSelector();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = term.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw ApiStatusException.BadRequest($"invalid selector: '{term}'; can't understand '{term}'");
            var isEqual = term[equals - 1] != '!';
            var field = term[..(isEqual ? equals : equals - 1)];
            if (!IsKnown(field, resource))
                throw ApiStatusException.BadRequest($"Unable to find \"{resource.ApiVersion}, Resource={resource.Plural}\" that match label selector \"\", field selector \"{term}\": field label not supported: {field}");
            selector._requirements.Add((field, term[(equals + 1)..].TrimStart('='), isEqual));
        }

        return selector;
    }

    public bool Fits(JsonObject json) => _requirements.TrueForAll(requirement => (Read(json, requirement.Field) == requirement.Value) == requirement.IsEqual);

    private static bool IsKnown(string field, ApiResource resource) => field switch
    {
        "metadata.name" => true,
        "metadata.namespace" => resource.IsNamespaced,
        "spec.nodeName" or "status.phase" or "status.podIP" or "spec.restartPolicy" or "spec.serviceAccountName" => resource.Kind == "Pod",
        "spec.unschedulable" => resource.Kind == "Node",
        _ => false,
    };

    private static string Read(JsonObject json, string path)
    {
        JsonNode? node = json;
        foreach (var part in path.Split('.'))
            node = (node as JsonObject)?[part];
        return node?.ToString() ?? "";
    }
}
