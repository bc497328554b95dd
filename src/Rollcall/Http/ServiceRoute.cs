using Rollcall.Balancing;
using Rollcall.Watching;

namespace Rollcall.Http;

/// <summary>What a request is routed by: its scheme and host as the URI has them, and the client's balancing policy.</summary>
internal readonly record struct RouteKey(string Scheme, string Host, string Balancer);

/// <summary>The way to one service: a view of its watch that is always ready to pick from. Shared by all clients that ask for the same.</summary>
internal sealed class ServiceRoute : IDisposable
{
    private readonly ServiceView<RouteTable> _view;

    public ServiceRoute(RouteKey key, HostName host, RequestScheme scheme, ServiceTarget target, ServiceResolver resolver, EndpointBook book, IBalancer balancer)
    {
        Key = key;
        Service = host.Service;
        Target = target;
        var ports = new PortRule(scheme, host.Port);

        // The view holds a reference of its own.
        using var watch = resolver.Watch(target);
        _view = watch.View<RouteTable>((set, before) => RouteTable.Build(set, book.Read(set), ports, balancer, before));
    }

    public RouteKey Key { get; }

    public string Service { get; }

    public ServiceTarget Target { get; }

    /// <summary>The newest snapshot; null until the first has come.</summary>
    public RouteTable? Current => _view.Current;

    /// <summary>The newest snapshot, waiting for the first.</summary>
    /// <exception cref="DiscoveryException">It did not come in time.</exception>
    public ValueTask<RouteTable> GetAsync(CancellationToken cancellationToken) => _view.GetAsync(cancellationToken);

    /// <summary>Hints that an endpoint of the newest snapshot could not be reached.</summary>
    public void Refresh() => _view.Refresh();

    public void Dispose() => _view.Dispose();

    public override string ToString() => $"{Key.Scheme}://{Key.Host}";
}
