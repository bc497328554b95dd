using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rollcall.Node.Telemetry;

namespace Rollcall.Node.Dashboard;

/// <summary>
/// Serves the dashboard: its page to browsers at <c>/</c> and wherever else no route is, and the files that the page asks for. Programs that do not
/// take HTML get what they got before there was a dashboard.
/// </summary>
internal sealed class DashboardPages(DashboardFiles files, RequestMetrics metrics, NodeOptions options, TimeProvider time)
{
    private readonly string _contentPolicy = ContentPolicy(options.Viewer);
    private readonly RouteMetrics _measured = metrics.ForRoute("GET", "dashboard");

    /// <summary>Answers what belongs to the dashboard and leaves the rest to what comes after.</summary>
    public RequestDelegate Answer(RequestDelegate next) => context =>
    {
        if (Find(context) is not { } file)
            return next(context);
        var started = time.GetTimestamp();
        Write(context, file);
        _measured.Answered(context.Response.StatusCode, time.GetElapsedTime(started));
        return Task.CompletedTask;
    };

    // Everything from this node, but for the pictures of a viewer, nothing inline, nothing framed: a label that somebody registers can never become a script.
    private static string ContentPolicy(string? viewer)
    {
        var pictures = viewer is not null && ViewerAddress.TryParse(viewer, out var origin) && origin is not null ? $" {origin}" : "";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private DashboardFile? Find(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return null;
        var path = request.Path.Value ?? "/";
        if (path == "/")
        {
            // What is answered here depends on who asks; whatever stands in between must not mix that up.
            context.Response.Headers.Vary = HeaderNames.Accept;
            return TakesHtml(request) ? files.Page : null;
        }

        if (context.GetEndpoint() is not null || path.StartsWith("/api", StringComparison.Ordinal))
            return null;
        if (path.StartsWith(DashboardFiles.AssetsPath, StringComparison.Ordinal))
            return files.Find(path);
        return TakesHtml(request) ? files.Page : null;
    }

    private void Write(HttpContext context, DashboardFile file)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = _contentPolicy;
        headers["Referrer-Policy"] = "same-origin";
        // A name under assets has the hash of its bytes in it; the page must always be the newest, since it names them.
        headers.CacheControl = file.Path.StartsWith(DashboardFiles.AssetsPath, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = file.ETag;
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (request.Headers.IfNoneMatch.Any(tag => tag is not null && tag.Contains(file.ETag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var gzip = TakesGzip(request);
        var bytes = gzip ? file.Gzip : file.Plain;
        if (gzip)
            headers.ContentEncoding = "gzip";
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(request.Method))
            response.BodyWriter.Write(bytes);
    }

    private static bool TakesHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(static type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(static coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
