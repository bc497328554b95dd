using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Api;

/// <summary>The documents by which clients learn what is served.</summary>
internal sealed class Discovery(ServedApis served)
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Null when there is no such document.</summary>
    public JsonObject? Find(RequestInfo request) => request switch
    {
        { Path: "/version" or "/version/" } => Version(),
        { Path: "/api" or "/api/" } => Core(),
        { Path: "/apis" or "/apis/" } => new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Groups().Select(static group => (JsonNode)Group(group))]),
        },
        { Group: { Length: > 0 } name, Version: null } => FindGroup(name),
        { Group: { } group, Version: { } version, Resource: null } => Resources(group, version),
        _ => null,
    };

    private JsonObject Version()
    {
        var (major, minor) = served.Version;
        return new()
        {
            ["major"] = major,
            ["minor"] = minor,
            ["gitVersion"] = $"v{major}.{minor}.0",
            ["gitCommit"] = "0000000000000000000000000000000000000000",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "2026-01-01T00:00:00Z",
            ["goVersion"] = "go1.23.0",
            ["compiler"] = "gc",
            ["platform"] = "linux/amd64",
        };
    }

    private static JsonObject Core() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private IEnumerable<IGrouping<string, string>> Groups() =>
        served.Versions.Where(static version => version.Group.Length > 0).GroupBy(static version => version.Group, static version => version.Version, StringComparer.Ordinal);

    private JsonObject? FindGroup(string name)
    {
        if (Groups().FirstOrDefault(group => group.Key == name) is not { } found)
            return null;
        var json = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (key, value) in Group(found))
            json[key] = value?.DeepClone();
        return json;
    }

    private static JsonObject Group(IGrouping<string, string> group) => new()
    {
        ["name"] = group.Key,
        ["versions"] = new JsonArray([.. group.Select(version => (JsonNode)GroupVersion(group.Key, version))]),
        ["preferredVersion"] = GroupVersion(group.Key, group.First()),
    };

    private static JsonObject GroupVersion(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private JsonObject? Resources(string group, string version)
    {
        var resources = served.Resources.Where(resource => resource.Group == group && resource.Version == version).ToArray();
        if (resources.Length == 0)
            return null;
        return new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = resources[0].ApiVersion,
            ["resources"] = new JsonArray([.. resources.SelectMany(Describe)]),
        };
    }

    private static IEnumerable<JsonNode> Describe(ApiResource resource)
    {
        var json = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.IsNamespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = new JsonArray([.. Verbs.Select(static verb => (JsonNode)verb)]),
        };
        if (resource.ShortNames.Length > 0)
            json["shortNames"] = new JsonArray([.. resource.ShortNames.Select(static name => (JsonNode)name)]);
        if (resource.Kind is "Pod" or "Service" or "StatefulSet")
            json["categories"] = new JsonArray("all");
        yield return json;
        if (resource.Kind is "Pod" or "Service" or "StatefulSet" or "Node" or "Namespace")
            yield return Subresource(resource, "status", resource.Kind);
        if (resource == ApiResource.StatefulSets)
        {
            var scale = Subresource(resource, "scale", "Scale");
            scale["group"] = "autoscaling";
            scale["version"] = "v1";
            yield return scale;
        }
    }

    private static JsonObject Subresource(ApiResource resource, string name, string kind) => new()
    {
        ["name"] = $"{resource.Plural}/{name}",
        ["singularName"] = "",
        ["namespaced"] = resource.IsNamespaced,
        ["kind"] = kind,
        ["verbs"] = new JsonArray("get", "patch", "update"),
    };
}
