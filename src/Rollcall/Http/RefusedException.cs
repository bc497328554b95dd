namespace Rollcall.Http;

/// <summary>What is inside of the error of a request that was not sent because a breaker or a limit of its service forbids it, for those who tell others why.</summary>
internal sealed class RefusedException(Refusal reason, string message, TimeSpan retryAfter = default) : Exception(message)
{
    public Refusal Reason => reason;

    /// <summary>When it may be worth to try again; zero when that is not known.</summary>
    public TimeSpan RetryAfter => retryAfter;

    /// <summary>It as callers of <see cref="HttpClient"/> get to see it.</summary>
    public HttpRequestException ToRequestException() => new(HttpRequestError.ConnectionError, Message, this);
}
