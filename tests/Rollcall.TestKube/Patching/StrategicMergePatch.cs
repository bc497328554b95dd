using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Patching;

/// <summary>
/// A strategic merge patch: a merge patch that merges lists of objects by a key of theirs. The API server reads the keys from its Go types; here they are those of the
/// kinds the double knows.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeletePrimitives = "$deleteFromPrimitiveList/";
    private const string RetainKeys = "$retainKeys";

    // Field of a list, and by what its items are told apart. A service's ports go by number, a container's too.
    private static readonly Dictionary<string, string[]> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["imagePullSecrets"] = ["name"],
        ["ports"] = ["containerPort", "port"],
        ["conditions"] = ["type"],
        ["addresses"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["hostAliases"] = ["ip"],
        ["taints"] = ["key"],
        ["topologySpreadConstraints"] = ["topologyKey"],
    };

    // Lists of plain values that are merged rather than replaced.
    private static readonly string[] MergedPrimitives = ["finalizers"];

    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
            return patch?.DeepClone();
        if (fields[Directive]?.GetValue<string>() == "replace")
            return Plain(fields);
        var result = (target as JsonObject)?.DeepClone().AsObject() ?? [];
        if (fields[RetainKeys] is JsonArray kept)
        {
            var keep = kept.Select(static key => key!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
            foreach (var name in result.Select(static field => field.Key).Where(name => !keep.Contains(name)).ToArray())
                result.Remove(name);
        }

        foreach (var (name, value) in fields)
        {
            if (name.StartsWith(DeletePrimitives, StringComparison.Ordinal))
                RemovePrimitives(result, name[DeletePrimitives.Length..], (JsonArray)value!);
            else if (name.StartsWith('$'))
                continue;
            else if (value is null)
                result.Remove(name);
            else
                result[name] = Merge(name, result[name], value);
        }

        return result;
    }

    private static JsonNode? Merge(string name, JsonNode? target, JsonNode patch) => (target, patch) switch
    {
        (JsonArray list, JsonArray changes) when MergeKeyOf(name, changes) is { } key => MergeList(list, changes, key),
        (JsonArray list, JsonArray changes) when MergedPrimitives.Contains(name, StringComparer.Ordinal) =>
            new JsonArray([.. list.Concat(changes).Select(static item => item!.GetValue<string>()).Distinct(StringComparer.Ordinal).Select(static item => (JsonNode)item)]),
        (_, JsonObject) => Apply(target, patch),
        (_, JsonArray changes) => new JsonArray([.. changes.Where(static item => !IsDeletion(item)).Select(static item => item is JsonObject fields ? Plain(fields) : item?.DeepClone())]),
        _ => patch.DeepClone(),
    };

    private static string? MergeKeyOf(string name, JsonArray changes) =>
        MergeKeys.GetValueOrDefault(name)?.FirstOrDefault(key => changes.All(item => (item as JsonObject)?.ContainsKey(key) == true || IsReplacement(item)));

    private static JsonArray MergeList(JsonArray target, JsonArray changes, string key)
    {
        if (changes.Any(IsReplacement))
            return new JsonArray([.. changes.Where(static item => !IsReplacement(item)).Select(static item => item?.DeepClone())]);
        var result = target.Select(static item => item?.DeepClone()).ToList();
        foreach (var change in changes.OfType<JsonObject>())
        {
            var at = result.FindIndex(item => JsonNode.DeepEquals(item?[key], change[key]));
            if (IsDeletion(change))
            {
                if (at >= 0)
                    result.RemoveAt(at);
            }
            else if (at >= 0)
            {
                result[at] = Apply(result[at], change);
            }
            else
            {
                result.Add(Plain(change));
            }
        }

        return [.. result];
    }

    private static void RemovePrimitives(JsonObject target, string name, JsonArray unwanted)
    {
        if (target[name] is JsonArray list)
            target[name] = new JsonArray([.. list.Where(item => !unwanted.Any(other => JsonNode.DeepEquals(item, other))).Select(static item => item?.DeepClone())]);
    }

    private static bool IsDeletion(JsonNode? item) => (item as JsonObject)?[Directive]?.GetValue<string>() == "delete";

    private static bool IsReplacement(JsonNode? item) => (item as JsonObject)?[Directive]?.GetValue<string>() == "replace";

    // Without directives, which are no part of the object.
    private static JsonObject Plain(JsonObject patch) => (JsonObject)Apply(null, new JsonObject(patch.Where(static field => field.Key != Directive).Select(static field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))))!;
}
