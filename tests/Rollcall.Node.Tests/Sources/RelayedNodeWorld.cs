using System.Globalization;
using System.Net;
using Rollcall.Api;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests.Sources;

/// <summary>A real node on the system's clock, behind a wire that can be cut.</summary>
internal sealed class RelayedNodeWorld : SourceWorld
{
    private readonly TestNode _node;
    private readonly Relay _relay;
    private HashSet<string> _registered = new(StringComparer.Ordinal);

    /// <param name="node">Owned.</param>
    /// <param name="source">The source under test, given the node's address behind the relay.</param>
    /// <param name="target">What it watches, given that address.</param>
    /// <param name="malformed">Targets of its scheme that are wrong.</param>
    public RelayedNodeWorld(TestNode node, Func<Uri, IDiscoverySource> source, Func<Uri, string> target, params IReadOnlyList<string> malformed)
    {
        _node = node;
        MalformedTargets = malformed;
        _relay = new Relay(new IPEndPoint(IPAddress.Loopback, node.Url.Port));
        var address = new Uri($"http://{_relay.EndPoint}");
        Source = source(address);
        Target = ServiceTarget.Parse(target(address));
    }

    public override IDiscoverySource Source { get; }

    public override ServiceTarget Target { get; }

    public override TimeProvider Time => TimeProvider.System;

    public override IReadOnlyList<string> MalformedTargets { get; }

    public override bool SetsAtOnce => false;

    public override int OpenResources => _relay.Connections;

    public override async Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            var id = IdOf(endpoint);
            await _node.Client.RegisterAsync("orders", id, new RegistrationDocument { Address = endpoint.Host, Ports = endpoint.Ports, Ttl = "1h" });
            if (endpoint.State == EndpointState.NotReady)
                await _node.Client.SetStatusAsync("orders", id, endpoint.State);
            else if (endpoint.State == EndpointState.Draining)
                await _node.Client.DrainAsync("orders", id, TimeSpan.Zero, force: "a test");
        }

        foreach (var gone in _registered.Except(endpoints.Select(IdOf), StringComparer.Ordinal))
            await _node.Client.DeregisterAsync("orders", gone);
        _registered = endpoints.Select(IdOf).ToHashSet(StringComparer.Ordinal);
    }

    public override Task RemoveAsync() => SetAsync();

    public override Task BreakAsync() => _relay.CutAsync();

    public override Task HealAsync()
    {
        _relay.Mend();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _relay.DisposeAsync();
        await _node.DisposeAsync();
    }

    private static string IdOf(Endpoint endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"o-{endpoint.Host.Replace('.', '-')}-{endpoint.Ports["http"]}");
}
