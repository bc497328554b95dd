using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Rendering;

/// <summary>Renders services as <see cref="ServiceDocument"/> has them: the whole once per revision, filtered ones per request.</summary>
internal sealed class ServiceRenderer
{
    private static readonly JsonEncodedText Service = JsonEncodedText.Encode("service");
    private static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
    private static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
    private static readonly JsonEncodedText Instances = JsonEncodedText.Encode("instances");

    private readonly JsonEncodedText _epoch;
    private readonly Func<ServiceSnapshot, byte[]> _render;

    public ServiceRenderer(string epoch)
    {
        _epoch = JsonEncodedText.Encode(epoch);
        _render = Render;
    }

    /// <summary>The whole service; the same bytes for every reader of this revision.</summary>
    public ReadOnlyMemory<byte> Whole(ServiceSnapshot snapshot) => snapshot.GetOrRender(_render);

    /// <summary>Writes the service with the instances the filter accepts; all when it is null.</summary>
    public void Write(Utf8JsonWriter json, ServiceSnapshot snapshot, InstanceFilter? filter)
    {
        json.WriteStartObject();
        json.WriteString(Service, snapshot.Service);
        json.WriteNumber(Revision, snapshot.Revision);
        json.WriteString(Epoch, _epoch);
        json.WriteStartArray(Instances);
        foreach (var instance in snapshot.Instances)
        {
            if (filter is null || filter.Accepts(instance))
                InstanceWriter.Write(json, instance);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private byte[] Render(ServiceSnapshot snapshot)
    {
        using var buffer = JsonBuffer.Rent();
        Write(buffer.Json, snapshot, null);
        return buffer.Written.ToArray();
    }
}
