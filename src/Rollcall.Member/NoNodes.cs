using Rollcall.Cli;

namespace Rollcall.Member;

/// <summary>The network as a member of a gossip cluster knows it: no command of its asks a node or a source.</summary>
internal sealed class NoNodes : IOutside
{
    public HttpClient CreateHttp(Uri node) => throw new NotSupportedException("A member of a gossip cluster asks no node.");

    public IDiscoverySource CreateSource(IReadOnlyList<Uri> nodes) => throw new NotSupportedException("A member of a gossip cluster asks no source.");
}
