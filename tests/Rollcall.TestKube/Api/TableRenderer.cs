using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;
using Rollcall.TestKube.Tables;

namespace Rollcall.TestKube.Api;

/// <summary>The same as tables, which is how <c>kubectl get</c> asks: the server chooses what to print.</summary>
/// <param name="includeObject">What goes into each row beside its cells: <c>None</c>, <c>Metadata</c> (the default) or <c>Object</c>.</param>
/// <param name="time">Ages are said as of now.</param>
internal sealed class TableRenderer(string includeObject, TimeProvider time) : IRenderer
{
    private bool _hasSentColumns;

    public string ContentType => Answers.Json;

    public byte[] Object(StoredObject stored, ApiResource resource) =>
        JsonSerializer.SerializeToUtf8Bytes(Table(resource, [stored], new() { ["resourceVersion"] = StoredObject.Text(stored.ResourceVersion) }));

    public byte[] List(ListPage page, ApiResource resource) => JsonSerializer.SerializeToUtf8Bytes(Table(resource, page.Items, JsonRenderer.Metadata(page)));

    public void Event(IBufferWriter<byte> buffer, string type, StoredObject stored, ApiResource resource) =>
        Event(buffer, type, Table(resource, [stored], new() { ["resourceVersion"] = StoredObject.Text(stored.ResourceVersion) }));

    public void Event(IBufferWriter<byte> buffer, string type, JsonObject document) => JsonRenderer.Instance.Event(buffer, type, document);

    public JsonObject Bookmark(ApiResource resource, JsonObject metadata)
    {
        var row = new JsonObject { ["cells"] = new JsonArray(), ["object"] = Partial(metadata) };
        return Table(resource, new JsonArray(row), new() { ["resourceVersion"] = metadata["resourceVersion"]!.DeepClone() });
    }

    private JsonObject Table(ApiResource resource, IReadOnlyList<StoredObject> items, JsonObject metadata)
    {
        var columns = Columns.Of(resource);
        var now = time.GetUtcNow();
        return Table(resource, new JsonArray([.. items.Select(item => (JsonNode)Row(columns, item, resource, now))]), metadata);
    }

    // Of a watch only the first table says its columns.
    private JsonObject Table(ApiResource resource, JsonArray rows, JsonObject metadata)
    {
        var columns = _hasSentColumns ? null : new JsonArray([.. Columns.Of(resource).Select(static column => (JsonNode)column.Definition)]);
        _hasSentColumns = true;
        return new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = columns,
            ["rows"] = rows,
        };
    }

    private JsonObject Row(IReadOnlyList<Column> columns, StoredObject stored, ApiResource resource, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(stored.Body, now))]) };
        if (includeObject == "Object")
            row["object"] = stored.ToJson(resource);
        else if (includeObject != "None")
            row["object"] = Partial((JsonObject)stored.Metadata.DeepClone());
        return row;
    }

    private static JsonObject Partial(JsonObject metadata) => new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = metadata };
}
