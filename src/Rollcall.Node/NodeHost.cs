using Microsoft.AspNetCore.Builder;

namespace Rollcall.Node;

/// <summary>Builds a node as a web application: start it, and it serves; stop it, and all acknowledged writes are on disk.</summary>
public static class NodeHost
{
    /// <summary>Opens the registry and builds the application around it.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or are refused for safety; the message says which flag allows it.</exception>
    public static Task<WebApplication> BuildAsync(NodeOptions options, CancellationToken cancellationToken) => throw new NotImplementedException();
}
