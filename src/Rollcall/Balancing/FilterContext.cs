using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>What the filters of one selection work with, and what they leave behind. Used by one thread at a time.</summary>
internal sealed class FilterContext(ServiceHealth health, DateTimeOffset now)
{
    private List<BalancedEndpoint> _spares = [];

    /// <summary>What is known of the endpoints.</summary>
    public ServiceHealth Health { get; } = health;

    /// <summary>The time at which the selection is made (UTC).</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>When the selection should be made anew even if nothing changes; null when there is no need.</summary>
    public TimeSpan? RepeatAfter { get; private set; }

    /// <summary>Why nobody is left, in words that begin a sentence's middle; null while no filter says so.</summary>
    public string? Problem { get; private set; }

    /// <summary>Who listens to what the filters do and why; null on all but an explanation.</summary>
    public IFilterListener? Listener { get; init; }

    /// <summary>Those that were left out only because others are better, in the order of the endpoints.</summary>
    public IReadOnlyList<BalancedEndpoint> Spares => _spares;

    /// <summary>Keeps endpoints that a filter leaves out for when none of their failover group that are left can be reached.</summary>
    /// <param name="endpoints">In their order; none that was kept before. Not to be changed afterwards.</param>
    public void Spare(List<BalancedEndpoint> endpoints) => _spares = _spares.Count == 0 ? endpoints : endpoints.Count == 0 ? _spares : Merge(_spares, endpoints);

    /// <summary>Asks for the selection to be made anew after a while; the soonest wins.</summary>
    public void RepeatWithin(TimeSpan time) => RepeatAfter = RepeatAfter < time ? RepeatAfter : time;

    /// <summary>Says why a filter leaves nobody, which it may do only when that is better than to send elsewhere.</summary>
    public void Fail(string problem) => Problem ??= problem;

    private static List<BalancedEndpoint> Merge(List<BalancedEndpoint> one, List<BalancedEndpoint> other)
    {
        var merged = new List<BalancedEndpoint>(one.Count + other.Count);
        var at = 0;
        foreach (var endpoint in one)
        {
            while (at < other.Count && string.CompareOrdinal(other[at].Endpoint.Id, endpoint.Endpoint.Id) < 0)
                merged.Add(other[at++]);
            merged.Add(endpoint);
        }

        merged.AddRange(other.Skip(at));
        return merged;
    }
}
