using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Api;

/// <summary>Writes whole answers.</summary>
internal static class Answers
{
    public const string Json = "application/json";

    public static Task JsonAsync(HttpContext context, JsonObject json, int code = 200) => BytesAsync(context, JsonSerializer.SerializeToUtf8Bytes(json), code);

    public static async Task BytesAsync(HttpContext context, ReadOnlyMemory<byte> bytes, int code = 200, string contentType = Json)
    {
        var response = context.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    public static Task StatusAsync(HttpContext context, ApiStatusException status) => JsonAsync(context, status.ToJson(), status.Code);

    /// <summary>As Go's router answers a path that nobody serves: plain text, no Status.</summary>
    public static Task NoSuchPathAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return BytesAsync(context, "404 page not found\n"u8.ToArray(), 404, "text/plain; charset=utf-8");
    }

    /// <summary>As priority and fairness refuses: plain text, no Status.</summary>
    public static Task TooManyRequestsAsync(HttpContext context, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = ((long)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return BytesAsync(context, Encoding.UTF8.GetBytes("Too many requests, please try again later.\n"), 429, "text/plain; charset=utf-8");
    }
}
