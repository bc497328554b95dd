using System.Net;

namespace Rollcall.Kubernetes.Api;

/// <summary>A request to the API failed; the message is for a person and complete.</summary>
/// <param name="message">What was tried, on what, why it failed and what to do.</param>
/// <param name="status">What the server answered; null when it did not, or not in a way that makes sense.</param>
/// <param name="retryAfter">How long the server asks to be left alone.</param>
/// <param name="innerException">The failure behind it.</param>
internal sealed class ApiException(string message, HttpStatusCode? status = null, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public HttpStatusCode? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
