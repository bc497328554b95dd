using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>Objects, lists and events in plain JSON, put together from the bytes of the objects.</summary>
internal sealed class JsonRenderer : IRenderer
{
    public static readonly JsonRenderer Instance = new();

    public string ContentType => Answers.Json;

    public byte[] Object(StoredObject stored, ApiResource resource)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WriteObject(buffer, stored, resource);
        return buffer.WrittenSpan.ToArray();
    }

    public byte[] List(ListPage page, ApiResource resource)
    {
        var buffer = new ArrayBufferWriter<byte>(page.Items.Count * 512 + 256);
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{resource.Kind}List\",\"apiVersion\":\"{resource.ApiVersion}\",\"metadata\":"));
        buffer.Write(JsonSerializer.SerializeToUtf8Bytes(Metadata(page)));
        buffer.Write(",\"items\":["u8);
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            buffer.Write(page.Items[i].ItemBytes(resource));
        }

        buffer.Write("]}\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    public void Event(IBufferWriter<byte> buffer, string type, StoredObject stored, ApiResource resource)
    {
        Begin(buffer, type);
        WriteObject(buffer, stored, resource);
        buffer.Write("}\n"u8);
    }

    public void Event(IBufferWriter<byte> buffer, string type, JsonObject document)
    {
        Begin(buffer, type);
        buffer.Write(JsonSerializer.SerializeToUtf8Bytes(document));
        buffer.Write("}\n"u8);
    }

    public JsonObject Bookmark(ApiResource resource, JsonObject metadata)
    {
        var json = new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.ApiVersion, ["metadata"] = metadata };
        // An empty object of Go's type: fields without omitempty are there.
        switch (resource.Kind)
        {
            case "EndpointSlice":
                (json["addressType"], json["endpoints"], json["ports"]) = ("", null, null);
                break;
            case "Pod":
                (json["spec"], json["status"]) = (new JsonObject { ["containers"] = null }, new JsonObject());
                break;
            case "Service":
                (json["spec"], json["status"]) = (new JsonObject(), new JsonObject { ["loadBalancer"] = new JsonObject() });
                break;
        }

        return json;
    }

    internal static JsonObject Metadata(ListPage page)
    {
        var metadata = new JsonObject { ["resourceVersion"] = StoredObject.Text(page.ResourceVersion) };
        if (page.Continue is not null)
            metadata["continue"] = page.Continue;
        if (page.Remaining is { } remaining)
            metadata["remainingItemCount"] = remaining;
        return metadata;
    }

    internal static void Begin(IBufferWriter<byte> buffer, string type)
    {
        buffer.Write("{\"type\":\""u8);
        buffer.Write(Encoding.ASCII.GetBytes(type));
        buffer.Write("\",\"object\":"u8);
    }

    private static void WriteObject(IBufferWriter<byte> buffer, StoredObject stored, ApiResource resource)
    {
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{resource.Kind}\",\"apiVersion\":\"{resource.ApiVersion}\","));
        buffer.Write(stored.ItemBytes(resource).AsSpan(1));
    }
}
