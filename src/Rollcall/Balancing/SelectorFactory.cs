using Rollcall.Health;
using Rollcall.Watching;

namespace Rollcall.Balancing;

/// <summary>Makes the selections of a process: one way from a target to a pick for HTTP clients, connection pools and gateways. Thread-safe.</summary>
internal sealed class SelectorFactory(ServiceResolver resolver, Balancers balancers, HealthMonitor monitor, TimeProvider time)
{
    /// <summary>Starts to follow a target. Dispose of what is returned to stop.</summary>
    /// <param name="target">What to follow.</param>
    /// <param name="settings">How endpoints are chosen.</param>
    /// <param name="use">What the consumer makes of each.</param>
    /// <exception cref="ArgumentException">There is no such policy, or no source for the target.</exception>
    public ServiceSelector<T> Create<T>(ServiceTarget target, BalancingSettings settings, SelectionUse<T> use)
        where T : class, ISelectable =>
        new(target, resolver, monitor.Of(target), balancers.Get(settings.Policy), FilterChain.Of(settings), use, time);
}
