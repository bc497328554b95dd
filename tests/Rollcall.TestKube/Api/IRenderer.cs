using System.Buffers;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>The form a client asked its answer in: plain JSON, or the table that kubectl prints. One per request.</summary>
internal interface IRenderer
{
    string ContentType { get; }

    byte[] Object(StoredObject stored, ApiResource resource);

    byte[] List(ListPage page, ApiResource resource);

    /// <summary>One line of a watch.</summary>
    void Event(IBufferWriter<byte> buffer, string type, StoredObject stored, ApiResource resource);

    /// <summary>A line of a watch about no object: BOOKMARK, ERROR.</summary>
    void Event(IBufferWriter<byte> buffer, string type, JsonObject document);

    JsonObject Bookmark(ApiResource resource, JsonObject metadata);
}
