using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>The query of a list or watch.</summary>
internal sealed record ListQuery
{
    public required Selection Selection { get; init; }

    public required ListOptions List { get; init; }

    /// <summary>Null when none was given: a list is of the latest, a watch begins with the state.</summary>
    public long? ResourceVersion { get; init; }

    public bool AllowsBookmarks { get; init; }

    public bool SendsInitialEvents { get; init; }

    /// <summary>Null for the server's choice.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <exception cref="ApiStatusException">It is malformed.</exception>
    public static ListQuery Parse(IQueryCollection query, ApiResource resource, RequestInfo request)
    {
        var fields = FieldSelector.Parse(query["fieldSelector"], resource);
        var version = Number(query, "resourceVersion");
        var match = query["resourceVersionMatch"].ToString();
        var initial = query["sendInitialEvents"].ToString() == "true";
        if (match.Length > 0 && version is null && !initial)
            throw Invalid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (initial && match != "NotOlderThan")
            throw Invalid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        var token = query["continue"].ToString();
        if (token.Length > 0 && version is > 0)
            throw ApiStatusException.BadRequest("specifying resource version is not allowed when using continue");
        return new()
        {
            Selection = new(resource, request.Resource == "namespaces" ? null : request.Namespace, LabelSelector.Parse(query["labelSelector"]), fields),
            List = new() { Limit = (int)Math.Min(Number(query, "limit") ?? 0, int.MaxValue), Continue = token, ResourceVersion = version ?? 0, IsExact = match == "Exact" },
            ResourceVersion = version,
            AllowsBookmarks = query["allowWatchBookmarks"].ToString() is "true" or "1",
            SendsInitialEvents = initial,
            Timeout = Number(query, "timeoutSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static long? Number(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid(name, $"strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    private static ApiStatusException Invalid(string field, string why) => ApiStatusException.BadRequest($"invalid {field}: {why}");
}
