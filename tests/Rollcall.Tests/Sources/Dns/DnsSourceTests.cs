using System.Net;
using Rollcall.Sources.Dns;
using Rollcall.TestKit.Dns;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>What endpoints are made of which records.</summary>
public sealed class DnsSourceTests : IAsyncDisposable
{
    private readonly DnsWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Both_families_of_addresses_are_endpoints_named_after_address_and_port()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.2"), ZoneRecord.Address("orders.test", "10.0.0.1"), ZoneRecord.Address("orders.test", "2001:db8::1"));

        Assert.Equal(
            ["10.0.0.1:8080 10.0.0.1 http=8080 100/0", "10.0.0.2:8080 10.0.0.2 http=8080 100/0", "[2001:db8::1]:8080 2001:db8::1 http=8080 100/0"],
            await _world.DiscoverAsync("dns:///orders.test:8080"));
        Assert.Equal(["[2001:db8::1]:8080 2001:db8::1 http=8080 100/0"], await _world.DiscoverAsync("dns:///orders.test:8080?family=ipv6"));
        Assert.Equal(2, (await _world.DiscoverAsync("dns:///orders.test:8080?family=ipv4")).Length);
    }

    [Fact]
    public async Task Without_a_port_the_endpoints_have_those_of_URIs()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1"), ZoneRecord.Address("orders.test", "2001:db8::1"));

        Assert.Equal(["10.0.0.1 10.0.0.1 http=80,https=443 100/0", "[2001:db8::1] 2001:db8::1 http=80,https=443 100/0"], await _world.DiscoverAsync("dns:///orders.test"));
    }

    [Fact]
    public async Task Addresses_are_taken_as_they_are()
    {
        Assert.Equal(["10.0.0.1:80 10.0.0.1 http=80 100/0"], await _world.DiscoverAsync("dns:///10.0.0.1:80"));
        Assert.Equal(["[::1]:80 ::1 http=80 100/0"], await _world.DiscoverAsync("dns:///[::1]:80"));
        Assert.Empty(_world.Server.Questions);
    }

    [Theory]
    [InlineData("dns+srv:///_grpc._tcp.orders.test")]
    [InlineData("dns:///_grpc._tcp.orders.test")]
    [InlineData("dns:///orders.test:grpc")]
    public async Task Service_records_tell_ports_groups_and_weights(string target)
    {
        _world.Server.Set(
            ZoneRecord.Service("_grpc._tcp.orders.test", "a.test", 81, priority: 10, weight: 200),
            ZoneRecord.Service("_grpc._tcp.orders.test", "b.test", 82, priority: 10, weight: 100),
            ZoneRecord.Service("_grpc._tcp.orders.test", "c.test", 83, priority: 10, weight: 0),
            ZoneRecord.Service("_grpc._tcp.orders.test", "d.test", 84, priority: 20, weight: 0),
            ZoneRecord.Service("_grpc._tcp.orders.test", "e.test", 85, priority: 20, weight: 0),
            ZoneRecord.Address("a.test", "10.0.0.1"), ZoneRecord.Address("b.test", "10.0.0.2"), ZoneRecord.Address("c.test", "10.0.0.3"),
            ZoneRecord.Address("d.test", "10.0.0.4"), ZoneRecord.Address("e.test", "2001:db8::5"));

        Assert.Equal(
            [
                "a.test:81/10.0.0.1 10.0.0.1 grpc=81 100/10", "b.test:82/10.0.0.2 10.0.0.2 grpc=82 50/10", "c.test:83/10.0.0.3 10.0.0.3 grpc=83 1/10",
                "d.test:84/10.0.0.4 10.0.0.4 grpc=84 100/20", "e.test:85/2001:db8::5 2001:db8::5 grpc=85 100/20",
            ],
            await _world.DiscoverAsync(target));
        // The addresses came along.
        Assert.Equal(["_grpc._tcp.orders.test"], _world.Server.Questions.Select(static question => question.Name).Distinct());
    }

    [Fact]
    public async Task Addresses_of_service_targets_that_were_not_sent_along_are_asked_for()
    {
        _world.Server.SendsAdditional = false;
        _world.Server.Set(
            ZoneRecord.Service("_http._tcp.orders.test", "a.test", 81, weight: 10), ZoneRecord.Service("_http._tcp.orders.test", "b.test", 82, weight: 10),
            ZoneRecord.Service("_http._tcp.orders.test", "gone.test", 83, weight: 10),
            ZoneRecord.Address("a.test", "10.0.0.1"), ZoneRecord.Address("a.test", "2001:db8::1"), ZoneRecord.Address("b.test", "10.0.0.2"));

        // The two of a share its weight.
        Assert.Equal(
            ["a.test:81/10.0.0.1 10.0.0.1 http=81 50/0", "a.test:81/2001:db8::1 2001:db8::1 http=81 50/0", "b.test:82/10.0.0.2 10.0.0.2 http=82 100/0"],
            await _world.DiscoverAsync("dns+srv:///_http._tcp.orders.test"));
        Assert.Equal(7, _world.Server.Questions.Count);
        Assert.Equal(["b.test:82/10.0.0.2"], (await _world.SetAsync("dns+srv:///_http._tcp.orders.test?family=ipv4")).Endpoints.Skip(1).Select(static endpoint => endpoint.Id));
    }

    [Fact]
    public async Task A_service_that_is_decidedly_not_available_is_empty()
    {
        _world.Server.Set(ZoneRecord.Service("_http._tcp.orders.test", ".", 0));

        var set = await _world.SetAsync("dns+srv:///_http._tcp.orders.test");

        Assert.Empty(set.Endpoints);
        Assert.True(set.Freshness.IsLive);
    }

    [Fact]
    public async Task A_named_port_that_no_record_tells_is_an_error_when_the_name_has_addresses_and_empty_when_it_has_not()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1"));

        var error = await _world.FailureAsync("dns:///orders.test:grpc");

        Assert.Contains("no SRV record _grpc._tcp.orders.test", error, StringComparison.Ordinal);
        Assert.Contains("dns:///orders.test:8080", error, StringComparison.Ordinal);
        Assert.Empty(await _world.DiscoverAsync("dns:///pay.test:grpc"));
    }

    [Fact]
    public async Task A_service_record_without_a_port_is_left_out_and_that_is_said()
    {
        _world.Server.Set(
            ZoneRecord.Service("_http._tcp.orders.test", "a.test", 0), ZoneRecord.Service("_http._tcp.orders.test", "b.test", 82),
            ZoneRecord.Address("a.test", "10.0.0.1"), ZoneRecord.Address("b.test", "10.0.0.2"));

        var set = await _world.SetAsync("dns+srv:///_http._tcp.orders.test");

        Assert.Equal("b.test:82/10.0.0.2", Assert.Single(set.Endpoints).Id);
        Assert.Equal(FreshnessKind.Fallback, set.Freshness.Kind);
        Assert.Contains("a.test has no port", set.Freshness.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_named_twice_is_in_the_first_of_its_groups()
    {
        _world.Server.Set(
            ZoneRecord.Service("_http._tcp.orders.test", "a.test", 81, priority: 20), ZoneRecord.Service("_http._tcp.orders.test", "a.test", 81, priority: 10),
            ZoneRecord.Address("a.test", "10.0.0.1"));

        Assert.Equal(["a.test:81/10.0.0.1 10.0.0.1 http=81 100/10"], await _world.DiscoverAsync("dns+srv:///_http._tcp.orders.test"));
    }

    [Fact]
    public async Task Many_service_targets_are_followed_up_to_a_limit()
    {
        _world.Server.SendsAdditional = false;
        _world.Server.Behave(static question => question.IsTcp || question.Type != ZoneRecord.Srv ? FakeDnsMode.Healthy : FakeDnsMode.Truncate);
        Set(TargetResolver.MaxServiceTargets);
        Assert.Equal(TargetResolver.MaxServiceTargets, (await _world.DiscoverAsync("dns+srv:///_http._tcp.orders.test?family=ipv4")).Length);

        Set(TargetResolver.MaxServiceTargets + 1);
        Assert.Contains("at most 1024", await _world.FailureAsync("dns+srv:///_http._tcp.orders.test?family=ipv4"), StringComparison.Ordinal);

        void Set(int count) => _world.Server.Set(Enumerable.Range(0, count).SelectMany(static i => (ZoneRecord[])
            [ZoneRecord.Service("_http._tcp.orders.test", $"a{i}.test", 80), ZoneRecord.Address($"a{i}.test", $"10.1.{i / 256}.{i % 256}")]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Endpoints_are_counted_before_they_are_made(bool sendsAdditional)
    {
        _world.Server.SendsAdditional = sendsAdditional;
        _world.Server.Behave(static question => question.IsTcp ? FakeDnsMode.Healthy : FakeDnsMode.Truncate);
        var addresses = Enumerable.Range(0, 1000).Select(static i => ZoneRecord.Address("a.test", $"10.1.{i / 256}.{i % 256}")).ToArray();
        Set(10);
        Assert.Equal(10_000, (await _world.SetAsync("dns+srv:///_http._tcp.orders.test?family=ipv4")).Endpoints.Length);

        Set(11);
        var error = await _world.FailureAsync("dns+srv:///_http._tcp.orders.test?family=ipv4");
        Assert.Contains("_http._tcp.orders.test", error, StringComparison.Ordinal);
        Assert.Contains("11000 endpoints; a service may have at most 10000. Split the service", error, StringComparison.Ordinal);

        // What is named twice counts once.
        void Set(int services) => _world.Server.Set([
            .. addresses, ZoneRecord.Service("_http._tcp.orders.test", "a.test", 1, priority: 7),
            .. Enumerable.Range(1, services).Select(static i => ZoneRecord.Service("_http._tcp.orders.test", "a.test", i))]);
    }

    [Fact]
    public async Task Aliases_are_followed_inside_an_answer_and_beyond_it()
    {
        _world.Server.Set(
            ZoneRecord.Alias("orders.test", "shop.test"), ZoneRecord.Alias("shop.test", "web.test"), ZoneRecord.Address("web.test", "10.0.0.1"), ZoneRecord.Alias("lost.test", "nowhere.test"));

        Assert.Equal(["10.0.0.1:80 10.0.0.1 http=80 100/0"], await _world.DiscoverAsync("dns:///orders.test:80"));
        Assert.Empty(await _world.DiscoverAsync("dns:///lost.test:80"));
    }

    [Fact]
    public async Task Aliases_without_end_are_an_error_after_sixteen()
    {
        _world.Server.Behave(FakeDnsMode.EndlessAliases);

        Assert.Contains("do not end after 16", await _world.FailureAsync("dns:///orders.test:80?family=ipv4"), StringComparison.Ordinal);
        Assert.Equal(17, _world.Server.Questions.Count);
    }

    [Fact]
    public async Task The_hosts_file_comes_first_and_changes_are_seen()
    {
        await File.WriteAllTextAsync(_world.HostsPath, "10.0.0.1 orders.test\n");
        await using var watch = new WatchRecorder(_world.Source(), ServiceTarget.Parse("dns:///orders.test:80"));
        await Until(() => watch.Last?.Endpoints is [{ Host: "10.0.0.1" }]);
        Assert.Empty(_world.Server.Questions);

        await File.WriteAllTextAsync(_world.HostsPath, "10.0.0.12 orders.test\n");
        await Until(() => watch.Last?.Endpoints is [{ Host: "10.0.0.12" }]);

        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.3"));
        File.Delete(_world.HostsPath);
        await Until(() => watch.Last?.Endpoints is [{ Host: "10.0.0.3" }]);

        Task Until(Func<bool> condition) => _world.Time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_server_of_the_target_knows_nothing_of_this_machines_names()
    {
        await File.WriteAllTextAsync(_world.HostsPath, "10.0.0.1 orders\n");
        await File.WriteAllTextAsync(_world.ResolvConfPath, "search test\n");
        _world.Server.Set(ZoneRecord.Address("orders", "10.0.0.2"), ZoneRecord.Address("orders.test", "10.0.0.3"));

        Assert.Equal(["10.0.0.2:80 10.0.0.2 http=80 100/0"], await _world.DiscoverAsync($"dns://{_world.Server.EndPoint}/orders:80", new DnsSource(time: _world.Time)));
    }

    [Fact]
    public async Task Localhost_is_this_machine_whatever_DNS_says()
    {
        Assert.Equal(["127.0.0.1:80 127.0.0.1 http=80 100/0", "[::1]:80 ::1 http=80 100/0"], await _world.DiscoverAsync("dns:///localhost:80"));
        Assert.Equal(["127.0.0.1:80 127.0.0.1 http=80 100/0"], await _world.DiscoverAsync("dns:///web.localhost.:80?family=ipv4"));
        Assert.Empty(_world.Server.Questions);
    }

    [Fact]
    public void Options_out_of_range_are_refused_all_at_once()
    {
        var options = new DnsSourceOptions
        {
            MinInterval = TimeSpan.FromMilliseconds(99),
            MaxInterval = TimeSpan.FromMilliseconds(98),
            QueryTimeout = TimeSpan.FromMilliseconds(9),
            AddressFamily = (DnsAddressFamily)3,
        };
        for (var i = 0; i < 4; i++)
            options.Servers.Add(new IPEndPoint(IPAddress.Loopback, 53));

        var error = Assert.Throws<ArgumentException>(() => new DnsSource(options));

        Assert.All(["Servers names 4", "MinInterval is", "MaxInterval is", "QueryTimeout is", "AddressFamily is"], text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }
}
