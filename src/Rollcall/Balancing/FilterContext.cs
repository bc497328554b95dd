using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>What the filters of one selection work with, and what they leave behind. Used by one thread at a time.</summary>
internal sealed class FilterContext(ServiceHealth health, DateTimeOffset now)
{
    /// <summary>What is known of the endpoints.</summary>
    public ServiceHealth Health { get; } = health;

    /// <summary>The time at which the selection is made (UTC).</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>When the selection should be made anew even if nothing changes; null when there is no need.</summary>
    public TimeSpan? RepeatAfter { get; private set; }

    /// <summary>Who listens to what is taken away and why; null on all but an explanation.</summary>
    public Action<IEndpointFilter, BalancedEndpoint, string>? OnExcluded { get; init; }

    /// <summary>Asks for the selection to be made anew after a while; the soonest wins.</summary>
    public void RepeatWithin(TimeSpan time) => RepeatAfter = RepeatAfter < time ? RepeatAfter : time;
}
