using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Gateway.Configuration;
using Rollcall.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Answers for requests that could not be forwarded: problem details as RFC 9457 has them, without addresses from behind the gateway.</summary>
internal static class Failures
{
    private const string ContentType = "application/problem+json";

    // Read by people, too, and no page of HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers a request that an endpoint has not answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">Its route.</param>
    /// <param name="split">Where it was sent.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="tries">How often it was tried.</param>
    public static Task AnswerAsync(HttpContext context, RunningRoute route, RunningSplit split, ForwarderError error, int tries)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer; it is written down.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }

        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        var (status, kind, title, detail) = Explain(error, cause, NameOf(split.Cluster.Config), tries > 1 ? string.Create(CultureInfo.InvariantCulture, $", in {tries} tries") : "");
        if (cause?.InnerException is RefusedException refused)
            Admission.RetryAfter(context, refused.RetryAfter);
        return WriteAsync(context, status, kind, title, $"Route '{route.Name}': {detail}");
    }

    public static Task WriteAsync(HttpContext context, int status, string kind, string title, string detail)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;

        // The rest of a body that is refused is not read, and the connection ends with it: a client that is not told would send its next request into nothing.
        if (status is StatusCodes.Status400BadRequest or StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge && IsHttp1(context.Request.Protocol))
            response.Headers.Connection = "close";
        using (var json = new Utf8JsonWriter(response.BodyWriter, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, ApiNames.ProblemPrefix + kind);
            json.WriteString("title"u8, title);
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, detail);
            json.WriteEndObject();
        }

        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static bool IsHttp1(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);

    // A target that a route names directly may be addresses.
    private static string NameOf(GatewayClusterConfig cluster) => cluster.IsNamed ? $"'{cluster.Name}'" : "its service";

    private static (int Status, string Kind, string Title, string Detail) Explain(ForwarderError error, Exception? cause, string cluster, string tries) => error switch
    {
        _ when RequestBody.FaultOf(cause) is { } fault =>
            (fault.StatusCode, "bad-request", "The request's body cannot be forwarded", fault.Message),
        ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled =>
            (504, "gateway-timeout", "The service did not answer in time", $"{cluster} did not answer in time{tries}."),
        _ when cause?.InnerException is RefusedException { Reason: Refusal.Breaker } =>
            (503, "breaker-open", "The service does not answer", $"{cluster} has answered no request of late and is spared for a while."),
        _ when cause?.InnerException is RefusedException =>
            (503, "overloaded", "Too many requests are under way", $"{cluster} has all the requests under way that it may have."),
        _ when cause is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            (503, "no-endpoint", "The service has no endpoint", $"{cluster} has no endpoint at present."),
        _ when cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } =>
            (503, "unreachable", "The service cannot be reached", $"no endpoint of {cluster} could be reached{tries}."),
        _ => (502, "bad-gateway", "The service failed", $"{cluster} ended the connection without an answer{tries}."),
    };
}
