namespace Rollcall.Api;

/// <summary>
/// A typed client of a node's HTTP API. Every method throws <see cref="NodeException"/> when the node refuses or cannot be reached.
/// Thread-safe; does not own the <see cref="HttpClient"/>, whose base address names the node.
/// </summary>
public sealed class NodeClient(HttpClient http)
{
    /// <summary>The node's address.</summary>
    public Uri Node => http.BaseAddress ?? throw new InvalidOperationException("The HttpClient has no base address; set it to the node's URL.");
}

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

    /// <summary>True when the node could not be reached.</summary>
    public bool IsUnreachable => Status == 0;
}
