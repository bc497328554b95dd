using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>What the filters of one selection work with, and what they leave behind. Used by one thread at a time.</summary>
internal sealed class FilterContext(ServiceHealth health, DateTimeOffset now)
{
    private List<BalancedEndpoint>? _spares;

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
    public IReadOnlyList<BalancedEndpoint> Spares => _spares ?? [];

    /// <summary>Keeps an endpoint that a filter leaves out for when none of its failover group that are left can be reached. A filter may name each once, in their order.</summary>
    public void Spare(BalancedEndpoint endpoint) => (_spares ??= []).Add(endpoint);

    /// <summary>Asks for the selection to be made anew after a while; the soonest wins.</summary>
    public void RepeatWithin(TimeSpan time) => RepeatAfter = RepeatAfter < time ? RepeatAfter : time;

    /// <summary>Says why a filter leaves nobody, which it may do only when that is better than to send elsewhere.</summary>
    public void Fail(string problem) => Problem ??= problem;
}
