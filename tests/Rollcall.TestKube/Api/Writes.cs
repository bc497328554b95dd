using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Patching;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>create, update, patch and delete, of objects and of the subresources <c>status</c> and <c>scale</c>.</summary>
internal sealed class Writes(ObjectStore store, Deletion deletion)
{
    // What a change of the object itself cannot change: it has a path of its own.
    private static readonly string[] WithStatus = ["Pod", "Service", "StatefulSet", "Node", "Namespace"];

    public async Task AnswerAsync(HttpContext context, RequestInfo request, ApiResource resource)
    {
        if (context.Request.Query["dryRun"].Count > 0)
            throw ApiStatusException.BadRequest("this server is a double that knows no dry run");
        var @namespace = resource.IsNamespaced ? request.Namespace ?? "" : "";
        switch (request.Verb, request.Subresource)
        {
            case ("create", null) when request.Name is null:
                await CreateAsync(context, resource, @namespace);
                break;
            case ("update" or "patch", null or "status"):
                var changed = await MakeAsync(context, request, resource, store.Get(resource, @namespace, request.Name!).ToJson(resource));
                await SendAsync(context, Update(changed, request, resource, @namespace), resource, 200);
                break;
            case ("get" or "update" or "patch", "scale") when resource == ApiResource.StatefulSets:
                await ScaleAsync(context, request, @namespace);
                break;
            case ("get", "status"):
                await SendAsync(context, store.Get(resource, @namespace, request.Name!), resource, 200);
                break;
            case ("delete", null):
                await DeleteAsync(context, resource, @namespace, request.Name!);
                break;
            default:
                throw ApiStatusException.MethodNotAllowed(resource);
        }
    }

    private async Task CreateAsync(HttpContext context, ApiResource resource, string @namespace)
    {
        var json = await RequestBody.ReadObjectAsync(context, resource, @namespace, null);
        if (resource.IsNamespaced && store.Find(ApiResource.Namespaces, "", @namespace) is null)
            throw ApiStatusException.NotFound(ApiResource.Namespaces, @namespace);
        await SendAsync(context, store.Create(resource, Defaults.Begin(json, resource, store)), resource, 201);
    }

    private StoredObject Update(JsonObject json, RequestInfo request, ApiResource resource, string @namespace)
    {
        RequestBody.Check(json, resource, @namespace, request.Name);
        var existing = store.Get(resource, @namespace, request.Name!).ToJson(resource);
        if (request.Subresource == "status")
        {
            existing["status"] = json["status"]?.DeepClone();
            return store.Update(resource, existing);
        }

        if (WithStatus.Contains(resource.Kind, StringComparer.Ordinal))
            json["status"] = existing["status"]?.DeepClone();
        return store.Update(resource, Defaults.Complete(json, resource, store));
    }

    // The object, or its scale, as the request wants it.
    private static async Task<JsonObject> MakeAsync(HttpContext context, RequestInfo request, ApiResource resource, JsonObject existing)
    {
        var body = await RequestBody.ReadAsync(context);
        if (request.Verb == "update")
            return body as JsonObject ?? throw ApiStatusException.BadRequest("the object provided is no object");
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        var patched = (type, body) switch
        {
            ("application/merge-patch+json", JsonObject patch) => MergePatch.Apply(existing, patch),
            ("application/strategic-merge-patch+json", JsonObject patch) => StrategicMergePatch.Apply(existing, patch),
            ("application/json-patch+json", JsonArray patch) => JsonPatch.Apply(existing.DeepClone(), patch),
            _ => throw ApiStatusException.UnsupportedMediaType(
                $"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json; of {resource.Plural} this was {type}"),
        };
        return patched as JsonObject ?? throw ApiStatusException.BadRequest("the patch leaves no object");
    }

    private async Task ScaleAsync(HttpContext context, RequestInfo request, string @namespace)
    {
        var existing = store.Get(ApiResource.StatefulSets, @namespace, request.Name!);
        if (request.Verb != "get")
        {
            var scale = await MakeAsync(context, request, ApiResource.StatefulSets, Scale.Of(existing));
            var json = existing.ToJson();
            json["spec"]!["replicas"] = Scale.ReplicasOf(scale, request.Name!);
            if (scale["metadata"]?["resourceVersion"]?.GetValue<string>() is { Length: > 0 } version)
                json["metadata"]!["resourceVersion"] = version;
            existing = store.Update(ApiResource.StatefulSets, json);
        }

        await Answers.JsonAsync(context, Scale.Of(existing));
    }

    private async Task DeleteAsync(HttpContext context, ApiResource resource, string @namespace, string name)
    {
        var options = await RequestBody.ReadAsync(context) as JsonObject;
        var existing = store.Get(resource, @namespace, name);
        if (options?["preconditions"]?["uid"]?.GetValue<string>() is { } uid && uid != existing.Metadata["uid"]!.GetValue<string>())
            throw ApiStatusException.Conflict(resource, name);
        var grace = options?["gracePeriodSeconds"]?.GetValue<int>();
        if (int.TryParse(context.Request.Query["gracePeriodSeconds"], System.Globalization.CultureInfo.InvariantCulture, out var asked))
            grace = asked;
        if (deletion.Begin(existing, grace) is { } ending)
        {
            await SendAsync(context, ending, resource, 200);
            return;
        }

        await Answers.JsonAsync(context, new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = Details(resource, existing),
        });
    }

    private static JsonObject Details(ApiResource resource, StoredObject gone)
    {
        var details = new JsonObject { ["name"] = gone.Name };
        if (resource.Group.Length > 0)
            details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = gone.Metadata["uid"]!.DeepClone();
        return details;
    }

    private static Task SendAsync(HttpContext context, StoredObject stored, ApiResource resource, int code) =>
        Answers.BytesAsync(context, JsonRenderer.Instance.Object(stored, resource), code);
}
