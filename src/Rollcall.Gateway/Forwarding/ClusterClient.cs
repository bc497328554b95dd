using System.Net;
using Rollcall.Balancing;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Mirroring;
using Rollcall.Gateway.Statistics;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Http.Resilience;
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

    /// <summary>What became of the tries at each of its instances.</summary>
    public InstanceBook Instances { get; } = new();

    /// <summary>Its endpoints at present; null until the first snapshot has come.</summary>
    public Selection<Destination>? Current => _route.Current;

    /// <summary>What is known of its endpoints.</summary>
    public ServiceHealth Health => _route.Health;

    /// <summary>What its circuit breaker does; null when it has none.</summary>
    public BreakerStatus? Breaker =>
        Config.Client.BreakerMinRequests == 0 ? null : _route.LastUsed?.BreakerStatus ?? new BreakerStatus(BreakerState.Closed, Since: null, Until: null);

    public Version Version { get; }

    public HttpVersionPolicy VersionPolicy { get; }

    public MirrorTarget MirrorTarget => new(Invoker, Version, VersionPolicy);

    public ForwarderRequestConfig RequestConfig(TimeSpan idleTimeout) => new() { ActivityTimeout = idleTimeout, Version = Version, VersionPolicy = VersionPolicy };

    /// <summary>A request is over: each instance that was tried is told what became of its try.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="end">How it ended, at the endpoint that gave the answer or was tried last.</param>
    /// <param name="second">When.</param>
    public void Count(Exchange exchange, in RequestEnd end, uint second)
    {
        if (exchange.Endpoint is not { } last)
            return;
        Instances.Of(last.Id, Current?.Set).Count(end, second);

        // The failure that the request ended with is counted already.
        var isCounted = end.IsFailed;
        for (var i = exchange.Failed.Length - 1; i >= 0; i--)
        {
            var (endpoint, status) = exchange.Failed[i];
            if (isCounted && endpoint.Id == last.Id)
                isCounted = false;
            else
                Instances.Of(endpoint.Id, Current?.Set).Count(new RequestEnd(status, Tries: 1, Latency: null, IsFailed: true, IsCancelled: false), second);
        }
    }

    // What requests under way hold of it goes on to work: the last snapshot stays.
    public void Dispose() => _route.Dispose();
}
