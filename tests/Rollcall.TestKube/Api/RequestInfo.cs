using Microsoft.AspNetCore.Http;

namespace Rollcall.TestKube.Api;

/// <summary>What a request is about, as the API server reads it off the path.</summary>
internal sealed record RequestInfo
{
    /// <summary>Of authorization: list, watch, get, create, update, patch, delete, deletecollection; else the method in lower case.</summary>
    public required string Verb { get; init; }

    public required string Path { get; init; }

    /// <summary>Empty for the core group; null when the path is not below /api or /apis.</summary>
    public string? Group { get; init; }

    public string? Version { get; init; }

    public string? Resource { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string? Subresource { get; init; }

    /// <summary>As rules name it: <c>statefulsets/scale</c>.</summary>
    public string? ResourceInRules => Subresource is null ? Resource : $"{Resource}/{Subresource}";

    public static RequestInfo Parse(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        var method = request.Method.ToLowerInvariant();
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api", var version, .. var rest] => Below("", version, rest),
            ["apis", var group, var version, .. var rest] => Below(group, version, rest),
            ["apis", var group] => new() { Verb = method, Path = path, Group = group },
            _ => new() { Verb = method, Path = path },
        };

        RequestInfo Below(string group, string version, string[] rest)
        {
            string? @namespace = null;
            if (rest is ["namespaces", var inside, not ("status" or "finalize"), ..])
                (@namespace, rest) = (inside, rest[2..]);
            var name = rest.Length > 1 ? rest[1] : null;
            var isResource = rest.Length > 0;
            return new()
            {
                Verb = isResource ? VerbOf(request, name) : method,
                Path = path,
                Group = group,
                Version = version,
                Resource = isResource ? rest[0] : null,
                Namespace = @namespace ?? (isResource && rest[0] == "namespaces" ? name : null),
                Name = name,
                Subresource = rest.Length > 2 ? string.Join('/', rest[2..]) : null,
            };
        }
    }

    private static string VerbOf(HttpRequest request, string? name) => request.Method switch
    {
        "GET" or "HEAD" when name is not null => "get",
        "GET" or "HEAD" => request.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name is null ? "deletecollection" : "delete",
        var other => other.ToLowerInvariant(),
    };
}
