namespace Rollcall.Balancing;

/// <summary>Hears what filters do, for an explanation. Filters put nothing into words while nobody listens.</summary>
internal interface IFilterListener
{
    /// <summary>A filter took an endpoint away.</summary>
    void Excluded(IEndpointFilter filter, BalancedEndpoint endpoint, string reason);

    /// <summary>A filter is done.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">How many there were before it.</param>
    /// <param name="after">How many it left.</param>
    void Applied(IEndpointFilter filter, int before, int after);

    /// <summary>What a filter decided, in a sentence.</summary>
    void Noted(IEndpointFilter filter, string note);
}
