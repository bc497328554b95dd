using System.Globalization;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>An object of the cluster: only what discovery needs of it. Immutable.</summary>
internal abstract record KubernetesObject(ObjectMeta Meta)
{
    /// <summary>Its name, unique in its namespace.</summary>
    public string Name => Meta.Name;

    /// <summary>What followers ask for: a service's name as a rule.</summary>
    public abstract string Key { get; }
}

/// <summary>What every object carries.</summary>
/// <param name="Name">Unique in the namespace.</param>
/// <param name="ResourceVersion">Opaque to us, but for <see cref="Age"/>.</param>
/// <param name="Labels">All of them.</param>
/// <param name="Deleted">True once its deletion was asked for.</param>
/// <param name="Truncated">True when the controller left addresses out because there were too many.</param>
internal sealed record ObjectMeta(string Name, string ResourceVersion, SmallMap<string> Labels, bool Deleted, bool Truncated)
{
    private const string CapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

    /// <summary>
    /// Larger for the later written of two objects. The API promises no order of versions, but every server in use counts them up; where one does not,
    /// all are equally old.
    /// </summary>
    public ulong Age { get; } = ulong.TryParse(ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : 0;

    public static ObjectMeta Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? name = null, version = null;
        var labels = SmallMap<string>.Empty;
        bool deleted = false, truncated = false;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("name"u8))
                    name = json.Text();
                else if (json.Is("resourceVersion"u8))
                    version = json.Text();
                else if (json.Is("labels"u8))
                    labels = json.Strings(strings);
                else if (json.Is("deletionTimestamp"u8))
                    deleted = json.Text() is not null;
                else if (json.Is("annotations"u8))
                    truncated = json.Strings(strings).TryGetValue(CapacityAnnotation, out var capacity) && capacity == "truncated";
                else
                    json.SkipField();
            }
        }

        return new ObjectMeta(name ?? "", version ?? "", labels, deleted, truncated);
    }

    /// <exception cref="JsonException">There is no metadata or no name in it.</exception>
    public static ObjectMeta Named(ObjectMeta? meta) => meta is { Name.Length: > 0 } ? meta : throw new JsonException("an object without metadata.name");
}
