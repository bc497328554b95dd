using Rollcall.Sources.Dns;
using Rollcall.TestKit.Dns;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>The laws over addresses, from a name server of ours that breaks by answering that it cannot.</summary>
public sealed class DnsSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FakeServerWorld("dns:///orders.test:80", FakeDnsMode.ServerFailure));
}

/// <summary>The same from one that breaks by falling silent.</summary>
public sealed class SilentDnsSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FakeServerWorld("dns:///orders.test:80", FakeDnsMode.Drop));
}

/// <summary>The laws over service records.</summary>
public sealed class DnsServiceSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FakeServerWorld("dns+srv:///_http._tcp.orders.test", FakeDnsMode.Refuse));
}

internal sealed class FakeServerWorld : SourceWorld
{
    private readonly FakeDnsServer _server;
    private readonly FakeDnsMode _broken;
    private readonly TemporaryDirectory _directory = new();

    public FakeServerWorld(string target, FakeDnsMode broken)
    {
        _broken = broken;
        _server = new FakeDnsServer(Time);
        Target = ServiceTarget.Parse(target);
        var options = new DnsSourceOptions
        {
            Servers = { _server.EndPoint },
            HostsPath = _directory.PathOf("hosts"),
            ResolvConfPath = _directory.PathOf("resolv.conf"),
            // Less virtual time to wait for; the bounds have tests of their own.
            MinInterval = TimeSpan.FromMilliseconds(200),
            MaxInterval = TimeSpan.FromMilliseconds(200),
            QueryTimeout = TimeSpan.FromSeconds(1),
        };
        Source = new DnsSource(options, Time, new Random(1));
    }

    public override IDiscoverySource Source { get; }

    public override ServiceTarget Target { get; }

    public override IReadOnlyList<string> MalformedTargets { get; } = ["dns:///", "dns:///orders:0", "dns:///orders?x=y", "dns:///orders#x", "dns+srv:///orders", "dns://orders:80"];

    public override string CannotFlag => "DNS knows no endpoint that is not ready.";

    public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
    {
        _server.Set(endpoints.SelectMany(static endpoint => (ZoneRecord[])
        [
            ZoneRecord.Address("orders.test", endpoint.Host),
            ZoneRecord.Address($"web-{endpoint.Host}.test", endpoint.Host),
            ZoneRecord.Service("_http._tcp.orders.test", $"web-{endpoint.Host}.test", endpoint.Ports["http"]),
        ]));
        return Task.CompletedTask;
    }

    public override Task RemoveAsync() => SetAsync();

    public override Task BreakAsync()
    {
        _server.Behave(_broken);
        return Task.CompletedTask;
    }

    public override Task HealAsync()
    {
        _server.Behave(FakeDnsMode.Healthy);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }
}
