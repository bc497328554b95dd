using System.Collections.Concurrent;
using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>What a request is routed by: its scheme and host as the URI has them, and how the client chooses.</summary>
internal readonly record struct RouteKey(string Scheme, string Host, BalancingSettings Settings)
{
    // Asked for with every request. Few clients of a process differ in their settings, so that these need not take part in the hash.
    public override int GetHashCode() => HashCode.Combine(Scheme.GetHashCode(StringComparison.Ordinal), Host.GetHashCode(StringComparison.Ordinal));

    public bool Equals(RouteKey other) =>
        string.Equals(Host, other.Host, StringComparison.Ordinal)
        && string.Equals(Scheme, other.Scheme, StringComparison.Ordinal)
        && (ReferenceEquals(Settings, other.Settings) || Settings.Equals(other.Settings));
}

/// <summary>The way to one service: a view of its watch that is always ready to pick from. Shared by all clients that ask for the same.</summary>
internal sealed class ServiceRoute : IDisposable
{
    private readonly ServiceSelector<Destination> _selector;
    private readonly ConcurrentDictionary<ResilienceSettings, ServiceResilience> _resilience = new();
    private ServiceResilience? _lastUsed;

    public ServiceRoute(RouteKey key, HostName host, RequestScheme scheme, SelectorFactory selectors, ServiceTarget target)
    {
        Key = key;
        Service = host.Service;
        var ports = new PortRule(scheme, host.Port);

        _selector = selectors.Create<Destination>(target, key.Settings, new(
            endpoint => ports.Authority(endpoint.Endpoint) is { } authority ? new Destination(endpoint, authority) : null, ports.Explain));
    }

    public RouteKey Key { get; }

    public string Service { get; }

    public ServiceTarget Target => _selector.Target;

    /// <summary>What is known of its endpoints.</summary>
    public ServiceHealth Health => _selector.Health;

    /// <summary>The newest snapshot; null until the first has come.</summary>
    public Selection<Destination>? Current => _selector.Current;

    /// <summary>The newest snapshot, waiting for the first.</summary>
    /// <exception cref="DiscoveryException">It did not come in time.</exception>
    public ValueTask<Selection<Destination>> GetAsync(CancellationToken cancellationToken) => _selector.GetAsync(cancellationToken);

    /// <summary>What is counted and limited of the service for clients with the same settings.</summary>
    public ServiceResilience Resilience(ResilienceSettings settings, Func<ResilienceSettings, ServiceRoute, ServiceResilience> make)
    {
        // As a rule all clients of a service have the same object.
        var last = Volatile.Read(ref _lastUsed);
        if (last is not null && ReferenceEquals(last.Settings, settings))
            return last;
        last = _resilience.GetOrAdd(settings, make, this);
        Volatile.Write(ref _lastUsed, last);
        return last;
    }

    /// <summary>As <see cref="Resilience"/>, of whoever has asked last; null when nobody has.</summary>
    public ServiceResilience? LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>Hints that an endpoint of the newest snapshot could not be reached.</summary>
    public void Refresh() => _selector.Refresh();

    public void Dispose() => _selector.Dispose();

    public override string ToString() => $"{Key.Scheme}://{Key.Host}";
}
