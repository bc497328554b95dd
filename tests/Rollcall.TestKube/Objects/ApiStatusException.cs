using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Objects;

/// <summary>A refusal, in the very words of the API server.</summary>
public sealed class ApiStatusException : Exception
{
    private ApiStatusException(int code, string reason, string message, JsonObject? details = null)
        : base(message)
    {
        Code = code;
        Reason = reason;
        Details = details;
    }

    public int Code { get; }

    public string Reason { get; }

    /// <summary>Which object, of which kind.</summary>
    public JsonObject? Details { get; }

    /// <summary>Goes into the status' metadata: where an expired list may be continued all the same.</summary>
    public string? Continue { get; private init; }

    public static ApiStatusException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiStatusException Forbidden(ApiResource resource, string? name, string why) =>
        new(403, "Forbidden", $"{Subject(resource, name)} is forbidden: {why}", Describe(resource, name));

    public static ApiStatusException ForbiddenPath(string user, string verb, string path) =>
        new(403, "Forbidden", $"forbidden: User \"{user}\" cannot {verb} path \"{path}\"", []);

    public static ApiStatusException NotFound(ApiResource resource, string name) =>
        new(404, "NotFound", $"{Subject(resource, name)} not found", Describe(resource, name));

    public static ApiStatusException MethodNotAllowed(ApiResource resource) =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Describe(resource, null));

    public static ApiStatusException AlreadyExists(ApiResource resource, string name) =>
        new(409, "AlreadyExists", $"{Subject(resource, name)} already exists", Describe(resource, name));

    public static ApiStatusException Conflict(ApiResource resource, string name) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {Subject(resource, name)}: the object has been modified; please apply your changes to the latest version and try again",
            Describe(resource, name));

    /// <summary>A watch from a revision that is compacted away.</summary>
    public static ApiStatusException TooOld(long asked, long oldest) => new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    /// <summary>A list continued after its snapshot is gone.</summary>
    public static ApiStatusException ContinueExpired(string inconsistentContinue) => new(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the "
        + "continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that "
        + "were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
    {
        Continue = inconsistentContinue,
    };

    /// <summary>An exact list at a revision that is compacted away.</summary>
    public static ApiStatusException ExactExpired() =>
        new(410, "Expired", "The resourceVersion for the provided list is too old.");

    /// <summary>A list not older than a revision that has not happened yet.</summary>
    public static ApiStatusException TooLarge(long asked, long current)
    {
        var details = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        };
        return new(504, "Timeout", $"Too large resource version: {asked}, current: {current}", details);
    }

    public static ApiStatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatusException UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    public static ApiStatusException Invalid(ApiResource resource, string? name, string field, string why)
    {
        var details = Describe(resource, name);
        details["kind"] = resource.Kind;
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = why, ["field"] = field });
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        return new(422, "Invalid", $"{kind} \"{name}\" is invalid: {field}: {why}", details);
    }

    public static ApiStatusException InternalError(string why) =>
        new(500, "InternalError", $"Internal error occurred: {why}", new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) });

    /// <summary>The <c>Status</c> document.</summary>
    public JsonObject ToJson()
    {
        var metadata = new JsonObject();
        if (Continue is not null)
            metadata["continue"] = Continue;
        var json = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        if (Details is not null)
            json["details"] = Details.DeepClone();
        json["code"] = Code;
        return json;
    }

    private static string Subject(ApiResource resource, string? name) =>
        name is null ? resource.QualifiedName : $"{resource.QualifiedName} \"{name}\"";

    private static JsonObject Describe(ApiResource resource, string? name)
    {
        var details = new JsonObject();
        if (name is not null)
            details["name"] = name;
        if (resource.Group.Length > 0)
            details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        return details;
    }
}
