using System.Net;

namespace Rollcall.Http;

/// <summary>One try of a request and what came of it, as the strategies see it.</summary>
/// <param name="run">The request.</param>
/// <param name="destination">Where it was tried; null when there was nowhere, or it was not allowed.</param>
/// <param name="result">What came of it; meaningful only with a destination.</param>
internal sealed class Attempt(RequestRun run, Destination? destination, TryResult result) : IDisposable
{
    public RequestRun Run { get; } = run;

    public Destination? Destination { get; } = destination;

    public TryResult Result { get; } = result;

    /// <summary>An answer that another endpoint may better.</summary>
    public static bool IsError(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,
        HttpStatusCode.TooManyRequests => response.Headers.RetryAfter is not null,
        _ => false,
    };

    // Called for the try that came second. An error is kept by the request, which may have nothing better to return.
    public void Dispose()
    {
        if (Result.Response is { } response && !Run.IsError(response))
            response.Dispose();
    }

    /// <summary>An error that is kept in case nothing better comes is over as far as limits go: the next try may need its place.</summary>
    public void Release() => (Result.Response?.Content as TrackedContent)?.End();
}
