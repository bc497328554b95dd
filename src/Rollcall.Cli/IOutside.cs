namespace Rollcall.Cli;

/// <summary>Makes what asks over the network. No pair of delegates: to make these loads what they return, and a member of a gossip cluster has no use for it.</summary>
internal interface IOutside
{
    HttpClient CreateHttp(Uri node);

    IDiscoverySource CreateSource(IReadOnlyList<Uri> nodes);
}
