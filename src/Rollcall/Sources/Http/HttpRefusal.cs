using System.Globalization;
using System.Net;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Servers;

namespace Rollcall.Sources.Http;

/// <summary>An answer that is an error: its status, what the server says of it, and what to do.</summary>
internal static class HttpRefusal
{
    private const int MaxProblemBytes = 64 * 1024;
    private const int MaxDetailLength = 300;
    private static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(2);

    /// <summary>The error to throw; <see cref="ServiceAbsentException"/> when a Rollcall node says that there is no such service.</summary>
    public static async Task<Exception> DescribeAsync(
        ServiceTarget target, Uri url, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(response, time, cancellationToken);
        if (problem?.Type is ApiNames.ProblemPrefix + "service-not-found")
            return new ServiceAbsentException();
        var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase ?? response.StatusCode.ToString()}");
        var detail = problem?.Detail is { Length: > 0 } text
            ? $" ({string.Concat(text.Take(MaxDetailLength).Select(static c => char.IsControl(c) ? ' ' : c)).TrimEnd('.')})"
            : "";
        return new DiscoveryException($"Cannot read the endpoints of {target}: {ServerFailure.NameOf(url)} answered {status}{detail}. {Advice(response.StatusCode)}");
    }

    private static string Advice(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "It wants to know who asks: give the server credentials (Rollcall:Http:Servers, AuthorizationFile), or renew them.",
        HttpStatusCode.Forbidden => "The credentials for this server do not suffice: let them read this path.",
        HttpStatusCode.NotFound or HttpStatusCode.Gone => "Correct the path. (A list that exists and is empty is answered with 200 and [].)",
        HttpStatusCode.TooManyRequests => "It is asked too often: raise Rollcall:Http:Interval and MinInterval.",
        >= HttpStatusCode.InternalServerError => "It is asked again; see its log if it stays so.",
        _ => "Is it the right address, and does it answer GET?",
    };

    private static async Task<ProblemDocument?> ReadProblemAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxProblemBytes, BodyLimit, time, cancellationToken);
            return JsonSerializer.Deserialize(body.Bytes.Span, ApiJson.Default.ProblemDocument);
        }
        catch (Exception error) when (error is JsonException || ServerFailure.IsTransport(error))
        {
            // The status says enough.
            return null;
        }
    }
}

/// <summary>A node says that there is no such service: no failure, but an empty list.</summary>
internal sealed class ServiceAbsentException() : Exception("There is no such service.");
