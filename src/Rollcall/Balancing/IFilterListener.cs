namespace Rollcall.Balancing;

/// <summary>Hears what filters do, for an explanation. Filters put nothing into words while nobody listens.</summary>
internal interface IFilterListener
{
    /// <summary>A filter took an endpoint away.</summary>
    void Excluded(IEndpointFilter filter, BalancedEndpoint endpoint, string reason);

    /// <summary>What a filter decided, in a sentence.</summary>
    void Noted(IEndpointFilter filter, string note);
}
