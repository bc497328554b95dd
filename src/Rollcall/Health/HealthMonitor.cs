using System.Collections.Concurrent;

namespace Rollcall.Health;

/// <summary>The health of every target's endpoints: one per process, so that what one client learns of an endpoint all others know. Thread-safe.</summary>
internal sealed class HealthMonitor(HealthContext context, Random random)
{
    private readonly ConcurrentDictionary<ServiceTarget, ServiceHealth> _byTarget = new();

    public ServiceHealth Of(ServiceTarget target) => _byTarget.GetOrAdd(
        target, static (target, monitor) => monitor.Make(target), this);

    private ServiceHealth Make(ServiceTarget target)
    {
        lock (random)
            return new ServiceHealth(target, context, new Random(random.Next()));
    }
}
