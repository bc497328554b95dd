namespace Rollcall.Api;

/// <summary>Header names, problem types and defaults of the HTTP API.</summary>
public static class ApiNames
{
    /// <summary>Where a node answers unless told otherwise.</summary>
    public const string DefaultNode = "http://127.0.0.1:7655";

    /// <summary>The environment variable that names the node to ask.</summary>
    public const string NodeVariable = "ROLLCALL_NODE";

    /// <summary>The environment variable that names the zone a process runs in.</summary>
    public const string ZoneVariable = "ROLLCALL_ZONE";

    /// <summary>Request header: the secret that owns an instance.</summary>
    public const string OwnerHeader = "Rollcall-Owner";

    /// <summary>Request header: the name by which a blocking query is listed among the watchers.</summary>
    public const string WatcherHeader = "Rollcall-Watcher";

    /// <summary>Request header of a blocking query: which instances the caller avoids, see <see cref="FindingText"/>.</summary>
    public const string FindingsHeader = "Rollcall-Findings";

    /// <summary>Response header: the revision of what was answered.</summary>
    public const string RevisionHeader = "Rollcall-Revision";

    /// <summary>Response header: the life of the node's data.</summary>
    public const string EpochHeader = "Rollcall-Epoch";

    /// <summary>What every problem type starts with.</summary>
    public const string ProblemPrefix = "urn:rollcall:problem:";
}
