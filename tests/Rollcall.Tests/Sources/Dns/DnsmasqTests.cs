using Rollcall.Sources.Dns;
using Rollcall.TestKit.Dns;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>The laws over a real dnsmasq, whose zone changes and which is frozen, on the system's clock.</summary>
public sealed class DnsmasqConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new DnsmasqWorld(await Dnsmasq.StartAsync());

    private sealed class DnsmasqWorld(Dnsmasq server) : SourceWorld
    {
        public override IDiscoverySource Source { get; } = DnsmasqTests.Source(server);

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("dns:///orders.test:80");

        public override TimeProvider Time => TimeProvider.System;

        public override IReadOnlyList<string> MalformedTargets { get; } = ["dns:///orders:0"];

        public override string CannotFlag => "DNS knows no endpoint that is not ready.";

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints) =>
            server.SetAsync(endpoints.Select(static endpoint => $"{endpoint.Host} orders.test"));

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync()
        {
            server.Freeze();
            return Task.CompletedTask;
        }

        public override Task HealAsync()
        {
            server.Thaw();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            server.Thaw();
            await server.DisposeAsync();
        }
    }
}

/// <summary>What a real server says, understood.</summary>
public sealed class DnsmasqTests
{
    [Fact]
    public async Task Service_records_and_the_addresses_of_their_targets()
    {
        await using var server = await Dnsmasq.StartAsync(
            "--srv-host=_grpc._tcp.orders.test,web-1.orders.test,81,10,60", "--srv-host=_grpc._tcp.orders.test,web-2.orders.test,82,10,30", "--srv-host=_grpc._tcp.orders.test,web-3.orders.test,83,20,0");
        await server.SetAsync("10.0.0.1 web-1.orders.test", "10.0.0.2 web-2.orders.test", "2001:db8::3 web-3.orders.test", "10.0.0.9 orders.test");

        foreach (var target in (string[])["dns+srv:///_grpc._tcp.orders.test", "dns:///orders.test:grpc"])
        {
            await AssertFoundAsync(
                server, target,
                "web-1.orders.test:81/10.0.0.1 10.0.0.1 grpc=81 100/10", "web-2.orders.test:82/10.0.0.2 10.0.0.2 grpc=82 50/10", "web-3.orders.test:83/2001:db8::3 2001:db8::3 grpc=83 100/20");
        }
    }

    [Fact]
    public async Task Aliases_and_both_families()
    {
        await using var server = await Dnsmasq.StartAsync("--cname=shop.test,orders.test");
        await server.SetAsync("10.0.0.1 orders.test", "2001:db8::1 orders.test");

        await AssertFoundAsync(server, "dns:///shop.test:80", "10.0.0.1:80 10.0.0.1 http=80 100/0", "[2001:db8::1]:80 2001:db8::1 http=80 100/0");
    }

    [Fact]
    public async Task More_addresses_than_fit_a_packet()
    {
        await using var server = await Dnsmasq.StartAsync();
        var addresses = Enumerable.Range(0, 500).Select(static i => $"10.1.{i / 256}.{i % 256}").ToArray();
        await server.SetAsync(addresses.Select(static address => $"{address} orders.test"));

        await AssertFoundAsync(server, "dns:///orders.test:80", [.. addresses.Select(static address => $"{address}:80 {address} http=80 100/0").Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public async Task Absent_is_empty_and_a_zone_it_may_not_answer_for_is_an_error()
    {
        await using var server = await Dnsmasq.StartAsync();

        Assert.Empty((await Source(server).DiscoverAsync(ServiceTarget.Parse("dns:///nowhere.test:80"), CancellationToken.None)).Endpoints);
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => Source(server).DiscoverAsync(ServiceTarget.Parse("dns:///orders.example:80"), CancellationToken.None).AsTask());
        Assert.Contains("answered REFUSED", error.Message, StringComparison.Ordinal);
    }

    internal static DnsSource Source(Dnsmasq server) => new(new DnsSourceOptions
    {
        Servers = { server.EndPoint },
        MinInterval = TimeSpan.FromMilliseconds(200),
        MaxInterval = TimeSpan.FromMilliseconds(200),
        QueryTimeout = TimeSpan.FromMilliseconds(500),
    });

    private static async Task AssertFoundAsync(Dnsmasq server, string target, params string[] expected) =>
        Assert.Equal(expected, DnsWorld.Texts(await Source(server).DiscoverAsync(ServiceTarget.Parse(target), CancellationToken.None)));
}
