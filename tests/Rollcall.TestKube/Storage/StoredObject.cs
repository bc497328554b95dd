using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Storage;

/// <summary>One revision of one object. Immutable; its JSON is rendered once, however many watchers are sent it.</summary>
public sealed class StoredObject
{
    private readonly JsonObject _json;
    private readonly Lazy<byte[]> _bytes;

    internal StoredObject(ApiResource resource, JsonObject json, long resourceVersion)
    {
        Resource = resource;
        ResourceVersion = resourceVersion;
        _json = json;
        Metadata["resourceVersion"] = Text(resourceVersion);
        Name = Metadata["name"]!.GetValue<string>();
        Namespace = Metadata["namespace"]?.GetValue<string>() ?? "";
        _bytes = new(() => JsonSerializer.SerializeToUtf8Bytes(_json));
    }

    /// <summary>What it is stored as; other versions are converted from it.</summary>
    public ApiResource Resource { get; }

    /// <summary>Empty for what has none.</summary>
    public string Namespace { get; }

    public string Name { get; }

    public long ResourceVersion { get; }

    /// <summary>Where it sorts in lists.</summary>
    internal string Key => KeyOf(Namespace, Name);

    /// <summary>Without <c>apiVersion</c> and <c>kind</c>. To be read only.</summary>
    internal JsonObject Body => _json;

    internal JsonObject Metadata => (JsonObject)_json["metadata"]!;

    internal JsonObject? Labels => Metadata["labels"] as JsonObject;

    /// <summary>A copy, whole, to read or to change and put back.</summary>
    public JsonObject ToJson() => ToJson(Resource);

    /// <summary>A copy as another version of the API has it.</summary>
    public JsonObject ToJson(ApiResource version)
    {
        ArgumentNullException.ThrowIfNull(version);
        var json = new JsonObject { ["kind"] = version.Kind, ["apiVersion"] = version.ApiVersion };
        foreach (var (name, value) in BodyAs(version))
            json[name] = value?.DeepClone();
        return json;
    }

    /// <summary>As an item of a list: lists leave <c>kind</c> and <c>apiVersion</c> out of their items.</summary>
    internal byte[] ItemBytes(ApiResource version) => version == Resource ? _bytes.Value : JsonSerializer.SerializeToUtf8Bytes(BodyAs(version));

    /// <summary>The same state under another revision, as watchers are told of what is gone.</summary>
    internal StoredObject At(long resourceVersion) => new(Resource, (JsonObject)_json.DeepClone(), resourceVersion);

    internal static string KeyOf(string @namespace, string name) => $"{@namespace}/{name}";

    internal static string Text(long resourceVersion) => resourceVersion.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private JsonObject BodyAs(ApiResource version) => version == Resource ? _json : EndpointSliceVersions.ToV1Beta1(_json);
}
