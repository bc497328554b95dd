namespace Rollcall.Api;

/// <summary>A node refused, failed or could not be reached.</summary>
public sealed class NodeException : Exception
{
    /// <summary>Makes one with a message for a person.</summary>
    /// <param name="message">What was tried, why it failed and what to do.</param>
    /// <param name="status">The HTTP status; 0 when the node could not be reached.</param>
    /// <param name="problem">The node's own words; null when it sent none.</param>
    /// <param name="innerException">The failure behind it.</param>
    public NodeException(string message, int status, ProblemDocument? problem, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status; 0 when the node could not be reached.</summary>
    public int Status { get; }

    /// <summary>The node's own words; null when it sent none.</summary>
    public ProblemDocument? Problem { get; }

    /// <summary>When the node asks to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the node could not be reached or gave no answer in time.</summary>
    public bool IsUnreachable => Status == 0;

    /// <summary>
    /// True when the same request may succeed later: the node could not be reached, is busy, cannot store, or failed by itself (5xx, 408, 429).
    /// </summary>
    public bool IsTransient => Status is 0 or 408 or 429 or >= 500;

    /// <summary>True when it is certain that no node has had the request: no connection to one could be made.</summary>
    internal bool WasNotSent => InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    /// <summary>True when the problem is of the kind <paramref name="name"/>, such as <c>not-owner</c>.</summary>
    public bool Is(string name) =>
        Problem?.Type is { } type
        && type.StartsWith(ApiNames.ProblemPrefix, StringComparison.Ordinal)
        && type.AsSpan(ApiNames.ProblemPrefix.Length).SequenceEqual(name);
}
