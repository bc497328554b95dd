using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>create, update and delete.</summary>
internal sealed class Writes(ObjectStore store)
{
    public async Task AnswerAsync(HttpContext context, RequestInfo request, ApiResource resource)
    {
        var @namespace = resource.IsNamespaced ? request.Namespace ?? "" : "";
        switch (request.Verb)
        {
            case "create" when request.Name is null:
                await SendAsync(context, store.Create(resource, await ReadAsync(context, resource, @namespace, null)), resource, 201);
                break;
            case "update" when request.Subresource is null:
                await SendAsync(context, store.Update(resource, await ReadAsync(context, resource, @namespace, request.Name)), resource, 200);
                break;
            case "delete" when request.Subresource is null:
                await SendAsync(context, store.Delete(resource, @namespace, request.Name!), resource, 200);
                break;
            default:
                throw ApiStatusException.MethodNotAllowed(resource);
        }
    }

    private static Task SendAsync(HttpContext context, StoredObject stored, ApiResource resource, int code) =>
        Answers.BytesAsync(context, JsonRenderer.Instance.Object(stored, resource), code);

    private static async Task<JsonObject> ReadAsync(HttpContext context, ApiResource resource, string @namespace, string? name)
    {
        JsonObject? json;
        try
        {
            json = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException error)
        {
            throw ApiStatusException.BadRequest($"the object provided is unrecognized: {error.Message}");
        }

        if (json?["metadata"] is not JsonObject metadata)
            throw ApiStatusException.BadRequest("the object provided has no metadata");
        if (resource.IsNamespaced)
            metadata["namespace"] ??= @namespace;
        if (name is not null && metadata["name"]?.GetValue<string>() != name)
            throw ApiStatusException.BadRequest($"the name of the object ({metadata["name"]}) does not match the name on the URL ({name})");
        return json;
    }
}
