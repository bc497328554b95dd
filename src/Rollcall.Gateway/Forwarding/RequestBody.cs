using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rollcall.Gateway.Forwarding;

/// <summary>The body of a client's request: how long it may be, and when it is what went wrong.</summary>
internal static class RequestBody
{
    /// <summary>Sets the limit of a route, and tells whether the request says itself that it is longer.</summary>
    public static bool IsTooLong(HttpContext context, long? maxBytes)
    {
        if (maxBytes is null && context.Request.ContentLength is null or 0)
            return false;
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (maxBytes is { } max && limit is { IsReadOnly: false })
            limit.MaxRequestBodySize = max < 0 ? null : max;
        return context.Request.ContentLength > limit?.MaxRequestBodySize;
    }

    /// <summary>True for an error of reading the client's body: it came too slowly, was too long or no HTTP.</summary>
    public static bool IsAtFault(Exception error) => FaultOf(error) is not null;

    /// <summary>The error of reading the client's body that another was caused by; null when there was none.</summary>
    public static BadHttpRequestException? FaultOf(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is BadHttpRequestException fault)
                return fault;
        }

        return null;
    }
}
