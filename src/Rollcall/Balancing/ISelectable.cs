namespace Rollcall.Balancing;

/// <summary>What a consumer keeps of each endpoint it can use: an address, connections.</summary>
internal interface ISelectable
{
    /// <summary>The endpoint it was made from.</summary>
    BalancedEndpoint Endpoint { get; }
}
