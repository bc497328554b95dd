using System.Collections.Concurrent;

namespace Rollcall.Health;

/// <summary>The health of every target's endpoints: one per process, so that what one client learns of an endpoint all others know. Thread-safe.</summary>
internal sealed class HealthMonitor(Suspicion suspicion)
{
    private readonly ConcurrentDictionary<ServiceTarget, ServiceHealth> _byTarget = new();

    public ServiceHealth Of(ServiceTarget target) => _byTarget.GetOrAdd(target, static (_, suspicion) => new ServiceHealth(suspicion), suspicion);
}
