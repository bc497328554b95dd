using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Api;

/// <summary>Reads what a write sends.</summary>
internal static class RequestBody
{
    /// <summary>Null for no body.</summary>
    /// <exception cref="ApiStatusException">It is no JSON.</exception>
    public static async Task<JsonNode?> ReadAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        if (buffer.Length == 0)
            return null;
        if (context.Request.ContentType is { } type && type.Contains("protobuf", StringComparison.Ordinal))
            throw ApiStatusException.UnsupportedMediaType($"the body of the request was in an unknown format - accepted media types include: application/json; this was {type}");
        try
        {
            return JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
        catch (JsonException error)
        {
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type JSON): {error.Message}");
        }
    }

    /// <summary>A whole object of the resource, in the namespace and with the name of the path.</summary>
    public static async Task<JsonObject> ReadObjectAsync(HttpContext context, ApiResource resource, string @namespace, string? name)
    {
        var json = await ReadAsync(context) as JsonObject ?? throw ApiStatusException.BadRequest("the object provided is no object");
        Check(json, resource, @namespace, name);
        return json;
    }

    public static void Check(JsonObject json, ApiResource resource, string @namespace, string? name)
    {
        if (json["metadata"] is not JsonObject metadata)
            throw ApiStatusException.BadRequest("the object provided has no metadata");
        if (resource.IsNamespaced)
        {
            metadata["namespace"] ??= @namespace;
            if (metadata["namespace"]!.GetValue<string>() is var other && other != @namespace)
                throw ApiStatusException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request: {other}, {@namespace}");
        }

        if (name is not null && metadata["name"]?.GetValue<string>() != name)
            throw ApiStatusException.BadRequest($"the name of the object ({metadata["name"]}) does not match the name on the URL ({name})");
    }
}
