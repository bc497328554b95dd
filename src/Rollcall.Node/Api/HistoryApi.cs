using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Registry;

namespace Rollcall.Node.Api;

/// <summary>What happened.</summary>
internal sealed class HistoryApi(NodeParts parts)
{
    /// <summary>Adds the route.</summary>
    public void Map(RouteTable routes) => 
        routes.Map("GET", "/api/history", GetAsync, new("What happened, oldest first.")
        {
            Parameters =
            [
                new("service", "Only this service."),
                new("since", "ISO 8601 or a duration ago; default 1h."),
                new("limit", "The newest so many: 1 to 10,000, default 1,000."),
            ],
            Answer = typeof(HistoryDocument),
            Problems = [400],
        });

    private async ValueTask<Problem?> GetAsync(HttpContext context)
    {
        if (Query.ReadHistory(context.Request.QueryString.Value, parts.Time.GetUtcNow(), out var wanted) is { } wrong)
            return wrong;
        // Read first: what is dropped meanwhile must not be promised.
        var newest = new Queue<Change>();
        var truncated = false;
        await foreach (var change in parts.Registry.ReadHistoryAsync(wanted.Since, context.RequestAborted))
        {
            if (wanted.Service is not null && !string.Equals(change.Key.Service, wanted.Service, StringComparison.Ordinal))
                continue;
            newest.Enqueue(change);
            if (newest.Count <= wanted.Limit)
                continue;
            newest.Dequeue();
            truncated = true;
        }

        using var buffer = JsonBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString("completeSince"u8, parts.Registry.HistoryCompleteSince.UtcDateTime);
        json.WriteStartArray("changes"u8);
        foreach (var change in newest)
            ChangeWriter.Write(json, change, withInstance: false);
        json.WriteEndArray();
        json.WriteBoolean("truncated"u8, truncated);
        json.WriteEndObject();
        buffer.Answer(context.Response);
        return null;
    }
}
