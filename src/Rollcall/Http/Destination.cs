using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>An endpoint as a request sees it: with scheme, host and port ready to be put before a path.</summary>
internal sealed record Destination(BalancedEndpoint Endpoint, string Authority) : ISelectable
{
    public override string ToString() => $"{Endpoint.Endpoint.Id} ({Authority})";
}
