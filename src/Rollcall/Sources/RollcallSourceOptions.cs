namespace Rollcall.Sources;

/// <summary>How nodes are asked.</summary>
public sealed class RollcallSourceOptions
{
    /// <summary>
    /// The nodes to ask when a target names none, in order of preference. Default: those in the environment variable <c>ROLLCALL_NODE</c> (separated by commas),
    /// else <c>http://127.0.0.1:7655</c>.
    /// </summary>
    public IList<Uri> Nodes { get; } = [];

    /// <summary>
    /// The name by which this process is listed among a service's watchers; unique to the process, at most 100 characters of printable ASCII.
    /// Default: machine, application, process id and a random part.
    /// </summary>
    public string? WatcherName { get; set; }

    /// <summary>
    /// The longest one blocking query waits for a change. Shorter notices a silent node sooner and asks it more often. 1 s to 5 min, default 10 s.
    /// </summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an answer may take beyond the wait it was asked for (and a sixteenth, the node's own jitter) before the node counts as gone. Default: 3 s.
    /// </summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(3);
}
