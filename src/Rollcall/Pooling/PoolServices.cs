using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>What a pool is made with.</summary>
internal sealed record PoolServices(ServiceResolver Resolver, SelectorFactory Selectors, HealthMonitor Health, Balancers Balancers, Random Random, PoolContext Context)
{
    /// <summary>A source of randomness of one's own, because the shared one is not thread-safe.</summary>
    public Random NewRandom()
    {
        lock (Random)
            return new Random(Random.Next());
    }
}
