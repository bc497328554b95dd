using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Api;

/// <summary>Answers that more than one route gives.</summary>
internal static class Answer
{
    /// <summary>Answers with a service, or that it is as the client has it already.</summary>
    public static void WithService(HttpContext context, NodeParts parts, ServiceSnapshot snapshot, InstanceFilter? filter)
    {
        var response = context.Response;
        var revision = snapshot.Revision.ToString(CultureInfo.InvariantCulture);
        var etag = $"\"{parts.Registry.Epoch}-{revision}\"";
        response.Headers[ApiNames.RevisionHeader] = revision;
        response.Headers[ApiNames.EpochHeader] = parts.Registry.Epoch;
        response.Headers.ETag = etag;
        if (IsKnown(context.Request, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (filter is not null)
        {
            using var buffer = JsonBuffer.Rent();
            parts.Renderer.Write(buffer.Json, snapshot, filter);
            buffer.Answer(response);
            return;
        }

        var bytes = parts.Renderer.Whole(snapshot).Span;
        response.ContentType = JsonBuffer.ContentType;
        response.ContentLength = bytes.Length;
        response.BodyWriter.Write(bytes);
    }

    /// <summary>The problem a write ended with; null when it succeeded.</summary>
    public static Problem? ProblemOf(WriteResult result) => result.Outcome switch
    {
        WriteOutcome.Created or WriteOutcome.Changed or WriteOutcome.Unchanged => null,
        WriteOutcome.NotFound => new(ProblemKind.InstanceNotFound, result.Message ?? "There is no such instance."),
        WriteOutcome.Forbidden => new(ProblemKind.NotOwner, result.Message ?? "The instance has an owner, and the secret is not the owner's."),
        WriteOutcome.LimitReached => new(ProblemKind.LimitReached, result.Message ?? "A limit of the registry is reached."),
        WriteOutcome.ReadOnly => new(ProblemKind.ReadOnly, result.Message ?? "The instance is imported and can only be changed where it comes from."),
        WriteOutcome.BelowFloor => new(ProblemKind.BelowFloor, result.Message ?? "Too few instances of the service would stay ready."),
        WriteOutcome.StorageFull => new(ProblemKind.StorageFull, result.Message ?? "The journal's disk is full; make room and try again."),
        WriteOutcome.Busy => Problem.BusyNow(result.Message ?? "Too many writes wait already; try again in a moment."),
        _ => new(ProblemKind.StorageUnavailable, result.Message ?? "The journal could not be written; nothing was changed.") { RetryAfter = TimeSpan.FromSeconds(1) },
    };

    /// <summary>Answers with a document.</summary>
    public static void WithDocument<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, document, type);
        buffer.Answer(context.Response);
    }

    /// <summary>Whether the client has it already. Weak validators and lists of them are compared as RFC 9110 section 13.1.2 has it.</summary>
    public static bool IsKnown(HttpRequest request, string etag)
    {
        var given = request.Headers.IfNoneMatch;
        if (given.Count == 0)
            return false;
        if (given.Count == 1 && string.Equals(given[0], etag, StringComparison.Ordinal))
            return true;
        if (!EntityTagHeaderValue.TryParseList(given.ToArray()!, out var tags))
            return false;
        var current = EntityTagHeaderValue.Parse(etag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
    }
}
