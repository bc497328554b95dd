using System.Collections.Concurrent;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>
/// Finds the route of a request. One per process: routes, and with them the watches, belong to it and not to handlers, which come and go.
/// Finding takes no lock; making a route, and following a change of the names, do.
/// </summary>
internal sealed class ServiceRouter(SelectorFactory selectors, ServiceNames names) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<RouteKey, ServiceRoute> _routes = new();
    private ServiceNames _names = names;
    private bool _disposed;

    /// <summary>Which names are services at present.</summary>
    public ServiceNames Names => Volatile.Read(ref _names);

    /// <summary>Routes in use.</summary>
    public int Count => _routes.Count;

    /// <summary>The route of a request; null when its URI does not name a service.</summary>
    /// <exception cref="HttpRequestException">Only a service could have such a URI, but its host is none.</exception>
    /// <exception cref="ArgumentException">What is configured for the service is no target, or there is no such balancing policy.</exception>
    public ServiceRoute? Find(Uri? uri, BalancingSettings settings)
    {
        if (uri is not { IsAbsoluteUri: true } || RequestScheme.Find(uri.Scheme) is not { } scheme)
            return null;

        // A port makes it an address, which needs no finding.
        if (uri.IsDefaultPort)
        {
            var key = new RouteKey(uri.Scheme, uri.Host, settings);
            if (_routes.TryGetValue(key, out var route) || (route = TryAdd(key, scheme)) is not null)
                return route;
        }

        return scheme.IsComposite ? throw NoService(uri) : null;
    }

    /// <summary>Follows a change of what is configured: a name that leads elsewhere now gets a new route with the next request.</summary>
    public void Update(ServiceNames changed)
    {
        List<ServiceRoute> gone = [];
        lock (_gate)
        {
            Volatile.Write(ref _names, changed);
            foreach (var (key, route) in _routes)
            {
                if (route.Target.Equals(changed.Find(route.Service)))
                    continue;
                _routes.TryRemove(key, out _);
                gone.Add(route);
            }
        }

        foreach (var route in gone)
            route.Dispose();
    }

    public void Dispose()
    {
        List<ServiceRoute> gone;
        lock (_gate)
        {
            Volatile.Write(ref _disposed, true);
            gone = [.. _routes.Values];
            _routes.Clear();
        }

        foreach (var route in gone)
            route.Dispose();
    }

    private ServiceRoute? TryAdd(RouteKey key, RequestScheme scheme)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            var current = Names;
            var host = HostName.Parse(key.Host);
            if (current.Find(host.Service) is not { } target)
                return null;

            // Made outside of the lock, because sources and policies may be anybody's. Whoever comes second throws his own away.
            var made = new ServiceRoute(key, host, scheme, selectors, target);
            if (TryPublish(made, current) is { } route)
            {
                if (!ReferenceEquals(route, made))
                    made.Dispose();
                return route;
            }

            made.Dispose();
        }
    }

    // Null when the names have changed while the route was made.
    private ServiceRoute? TryPublish(ServiceRoute made, ServiceNames madeFor)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                made.Dispose();
                throw new ObjectDisposedException(nameof(ServiceRouter));
            }

            return ReferenceEquals(_names, madeFor) ? _routes.GetOrAdd(made.Key, made) : null;
        }
    }

    private HttpRequestException NoService(Uri uri)
    {
        var configured = string.Join(", ", Names.Configured);
        return new HttpRequestException(
            HttpRequestError.NameResolutionError,
            $"'{uri.Scheme}://{uri.Authority}' names no service. "
            + (configured.Length == 0 ? "None is configured. " : $"Configured are: {configured}. ")
            + $"Configure Rollcall:Services:{HostName.Parse(uri.Host).Service} or Rollcall:DefaultScheme, and leave out the port; or use http:// or https:// for an address.");
    }
}
