using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>How a process keeps its registrations, whatever it announces. Section <c>Rollcall:Registration</c> of the configuration.</summary>
public sealed class RegistrationOptions
{
    /// <summary>
    /// The nodes to register with, such as <c>http://registry:7655</c>; the next is tried when one cannot be reached.
    /// Default: those of the configuration <c>Rollcall:Node</c>, else of the environment variable <c>ROLLCALL_NODE</c> (both separated by
    /// commas), else <c>http://127.0.0.1:7655</c>.
    /// </summary>
    public IList<string> Nodes { get; init; } = [];

    /// <summary>
    /// A secret that owns the registrations: only who knows it can change, drain or remove them, an operator included. Default: none; whoever
    /// reaches the node can. 1 to 256 characters of printable ASCII; instances of a service may share one. Empty is none.
    /// </summary>
    public string? Owner { get; set; }

    /// <summary>How long shutdown waits for every caller to stop sending here. Default 10 s; 3 s when no node answers, because then nobody can be told.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long shutdown tries to deregister; after that the lease lapses by itself. Default 2 s.</summary>
    public TimeSpan DeregisterTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Takes the nodes of the whole application, separated by commas, where none is named for registrations alone.</summary>
    internal void AddDefaultNodes(string? nodes)
    {
        if (Nodes.Count > 0)
            return;
        foreach (var node in (nodes ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            Nodes.Add(node);
    }

    /// <summary>The nodes named here, else by the environment, else the default.</summary>
    /// <exception cref="ArgumentException">One is no address of a node.</exception>
    /// <exception cref="InvalidOperationException">The environment names something that is no address of a node.</exception>
    internal IReadOnlyList<Uri> NodeUrls() =>
        Nodes.Count == 0 ? NodeUrl.AllFromEnvironment() : [.. Nodes.Select(NodeUrl.Parse).Distinct()];
}
