using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>
/// The body of an answer, counted. To complete it completes the server's own as well, which the framework's way of putting a stream in between does not: an answer of trailers alone, as gRPC
/// has for errors, must end with its head.
/// </summary>
internal sealed class CountedBody(CountingStream stream, IHttpResponseBodyFeature inner) : StreamResponseBodyFeature(stream, inner)
{
    /// <summary>Counts what is written to an answer from here on.</summary>
    public static CountingStream Put(HttpContext context)
    {
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var stream = new CountingStream(inner.Stream);
        context.Features.Set<IHttpResponseBodyFeature>(new CountedBody(stream, inner));
        return stream;
    }

    public override async Task CompleteAsync()
    {
        await base.CompleteAsync();
        await PriorFeature!.CompleteAsync();
    }
}
