using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Rendering;

namespace Rollcall.Node.Problems;

/// <summary>Writes problems as RFC 9457 has them.</summary>
internal static class ProblemWriter
{
    /// <summary>The media type of RFC 9457.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>Answers with <paramref name="problem"/>; the answer must not have begun.</summary>
    public static void Write(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Kind.Status;
        if (problem.RetryAfter is { } after)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        using var buffer = JsonBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString("type"u8, ApiNames.ProblemPrefix + problem.Kind.Name);
        json.WriteString("title"u8, problem.Kind.Title);
        json.WriteNumber("status"u8, problem.Kind.Status);
        json.WriteString("detail"u8, Echo.Clean(problem.Detail));
        if (problem.Errors is { Count: > 0 } errors)
        {
            json.WriteStartObject("errors"u8);
            // Two messages for one field would be two equal keys; the first says enough.
            foreach (var error in errors.DistinctBy(static error => error.Field, StringComparer.Ordinal))
                json.WriteString(Echo.Clean(error.Field), Echo.Clean(error.Message));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        buffer.Answer(response, ContentType);
    }
}
