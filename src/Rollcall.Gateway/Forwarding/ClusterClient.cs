using System.Net;
using Rollcall.Balancing;
using Rollcall.Gateway.Configuration;
using Rollcall.Health;
using Rollcall.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>
/// A cluster in use: sends requests to the endpoints of its target, which its own watch follows. A change of endpoints is nothing to the routes, and a target
/// that is broken is nothing to other clusters.
/// </summary>
internal sealed class ClusterClient : IDisposable
{
    /// <summary>What YARP puts paths behind; the host is replaced by the endpoint's.</summary>
    public const string Prefix = "http://cluster";

    private readonly ServiceRoute _route;

    public ClusterClient(GatewayClusterConfig config, ClientContext context, SelectorFactory selectors, Transport transport)
    {
        Config = config;
        Transport = transport;
        _route = new ServiceRoute(
            new RouteKey("gateway", config.Name, BalancingSettings.Of(config.Client)),
            new HostName(config.Name, config.Port),
            RequestScheme.Find(config.Scheme)!,
            selectors,
            config.Target);
        Invoker = new HttpMessageInvoker(new RollcallHandler(context, config.Client, _route) { InnerHandler = transport.Handler, IsOfTheCaller = RequestBody.IsAtFault }, disposeHandler: false);
        (Version, VersionPolicy) = config.Protocol switch
        {
            ClusterProtocol.Http1 => (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact),
            ClusterProtocol.Http2 => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact),
            ClusterProtocol.Http3 => (HttpVersion.Version30, HttpVersionPolicy.RequestVersionExact),
            _ => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower),
        };
    }

    public GatewayClusterConfig Config { get; }

    /// <summary>Its connections.</summary>
    public Transport Transport { get; }

    /// <summary>Sends to an endpoint of the cluster, and to another when that is allowed and helps.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>What became of the requests to each of its instances.</summary>
    public InstanceBook Instances { get; } = new();

    /// <summary>Its endpoints at present; null until the first snapshot has come.</summary>
    public Selection<Destination>? Current => _route.Current;

    /// <summary>What is known of its endpoints.</summary>
    public ServiceHealth Health => _route.Health;

    public Version Version { get; }

    public HttpVersionPolicy VersionPolicy { get; }

    public ForwarderRequestConfig RequestConfig(TimeSpan idleTimeout) => new() { ActivityTimeout = idleTimeout, Version = Version, VersionPolicy = VersionPolicy };

    // What requests under way hold of it goes on to work: the last snapshot stays.
    public void Dispose() => _route.Dispose();
}
