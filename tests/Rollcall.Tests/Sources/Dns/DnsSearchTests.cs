using Rollcall.Sources.Dns;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Sources.Dns.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>This machine's resolv.conf: the search path, absent against broken, the order of servers.</summary>
public sealed class DnsSearchTests : IAsyncDisposable
{
    private readonly DnsWorld _world = new();

    public DnsSearchTests() => Write("nameserver 127.0.0.1\nsearch a.test b.test\n");

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_name_is_looked_for_under_each_suffix_in_turn()
    {
        _world.Server.Set(ZoneRecord.Address("orders.b.test", "10.0.0.1"));

        Assert.Single(await _world.DiscoverAsync("dns:///orders:80?family=ipv4", Source()));
        Assert.Equal(["orders.a.test", "orders.b.test"], _world.Server.Questions.Select(static question => question.Name));
    }

    [Fact]
    public async Task A_service_is_looked_for_as_it_is_first_and_then_under_each_suffix()
    {
        _world.Server.Set(ZoneRecord.Service("_http._tcp.orders.b.test", "web.b.test", 81), ZoneRecord.Address("web.b.test", "10.0.0.1"));

        Assert.Equal(["web.b.test:81/10.0.0.1 10.0.0.1 http=81 100/0"], await _world.DiscoverAsync("dns:///orders:http", Source()));
        Assert.Equal(["_http._tcp.orders", "_http._tcp.orders.a.test", "_http._tcp.orders.b.test"], _world.Server.Questions.Select(static question => question.Name));
    }

    [Fact]
    public async Task Nowhere_is_empty_and_live_after_all_were_asked()
    {
        var set = await _world.SetAsync("dns:///orders:80?family=ipv4", Source());

        Assert.Empty(set.Endpoints);
        Assert.True(set.Freshness.IsLive);
        Assert.Equal(["orders.a.test", "orders.b.test", "orders"], _world.Server.Questions.Select(static question => question.Name));
    }

    [Theory]
    [InlineData(FakeDnsMode.ServerFailure)]
    [InlineData(FakeDnsMode.Refuse)]
    [InlineData(FakeDnsMode.Drop)]
    public async Task What_a_suffix_cannot_tell_no_later_one_decides(FakeDnsMode mode)
    {
        _world.Server.Set(ZoneRecord.Address("orders.b.test", "10.0.0.1"), ZoneRecord.Address("orders", "10.0.0.2"));
        _world.Server.Behave(question => question.Name == "orders.a.test" ? mode : FakeDnsMode.Healthy);

        var error = await _world.FailureAsync("dns:///orders:80?family=ipv4", Source());

        Assert.Contains("Cannot look up A orders.a.test: ", error, StringComparison.Ordinal);
        Assert.Contains("resolv.conf", error, StringComparison.Ordinal);
        Assert.All(_world.Server.Questions, static question => Assert.Equal("orders.a.test", question.Name));
    }

    [Fact]
    public async Task Endpoints_of_the_right_name_stay_when_it_cannot_be_asked_about_and_another_suffix_has_others()
    {
        _world.Server.Set(ZoneRecord.Address("orders.a.test", "10.0.0.1"), ZoneRecord.Address("orders.b.test", "10.0.0.2"));
        await using var watch = new WatchRecorder(Source(), ServiceTarget.Parse("dns:///orders:80?family=ipv4"));
        await Eventually.True(() => watch.Last is not null);

        _world.Server.Behave(static question => question.Name == "orders.a.test" ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);
        await _world.Time.AdvanceUntilAsync(() => watch.Seen.Length == 2, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));

        Assert.Equal(FreshnessKind.Stale, watch.Last!.Freshness.Kind);
        Assert.Equal("10.0.0.1", Assert.Single(watch.Last.Endpoints).Host);
    }

    [Fact]
    public async Task A_silent_server_is_reported_after_one_name_of_the_search_path()
    {
        Write("nameserver 127.0.0.1\nsearch shop.svc.cluster.local svc.cluster.local cluster.local node.test\noptions ndots:5\n");
        _world.Server.Behave(FakeDnsMode.Drop);
        var start = _world.Time.GetUtcNow();

        var error = await _world.FailureAsync("dns:///orders:80", Source());

        // Two attempts of 2 s each.
        Assert.InRange((_world.Time.GetUtcNow() - start).TotalSeconds, 4, 4.5);
        Assert.Contains("orders.shop.svc.cluster.local", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lookup_ends_in_time_however_slowly_each_name_of_the_search_path_is_answered()
    {
        Write("nameserver 127.0.0.1\nsearch a.test b.test c.test d.test e.test f.test g.test h.test\n");
        _world.Server.Behave(FakeDnsMode.Healthy, TimeSpan.FromSeconds(1.9));
        var start = _world.Time.GetUtcNow();

        var error = await _world.FailureAsync("dns:///orders:80?family=ipv4", Source());

        Assert.InRange((_world.Time.GetUtcNow() - start).TotalSeconds, 9.5, 10.5);
        Assert.Contains("Cannot look up A orders.f.test: ", error, StringComparison.Ordinal);
        Assert.Contains("the 10s that a lookup may take are over", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_file_is_seen()
    {
        _world.Server.Set(ZoneRecord.Address("orders.c.test", "10.0.0.1"));
        var source = Source();
        Assert.Empty(await _world.DiscoverAsync("dns:///orders:80", source));

        Write("nameserver 127.0.0.1\nsearch c.test\n");
        _world.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Single(await _world.DiscoverAsync("dns:///orders:80", source));
    }

    [Fact]
    public async Task Timeout_and_attempts_are_those_of_the_file()
    {
        Write("nameserver 127.0.0.1\noptions timeout:1 attempts:3\n");
        _world.Server.Behave(FakeDnsMode.Drop);
        var start = _world.Time.GetUtcNow();

        Assert.Contains("within 1s", await _world.FailureAsync("dns:///orders.test:80?family=ipv4", Source()), StringComparison.Ordinal);

        Assert.InRange((_world.Time.GetUtcNow() - start).TotalSeconds, 3, 4);
        Assert.Equal(3, _world.Server.Questions.Count);
    }

    [Theory]
    [InlineData(false, "0 0 0 0")]
    [InlineData(true, "0 1 0 1")]
    public async Task Servers_take_turns_when_the_file_says_so(bool rotate, string expected)
    {
        await using var second = new FakeDnsServer(_world.Time);
        var conf = new ResolvConf { Servers = [_world.Server.EndPoint, second.EndPoint], Rotate = rotate };
        var resolver = new StubResolver(new ServerConversation(_world.Time), TimeSpan.FromSeconds(2));
        var asked = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var before = second.Questions.Count;
            await _world.CompletesAsync(resolver.AskAsync(conf, "orders.test", RecordType.A, new Deadline(_world.Time, NameLookup.MaxDuration), CancellationToken.None));
            asked.Add(second.Questions.Count - before);
        }

        Assert.Equal(expected, string.Join(' ', asked));
    }

    private void Write(string text) => File.WriteAllText(_world.ResolvConfPath, text);

    private DnsSource Source() => _world.Source(options =>
    {
        options.Servers.Clear();
        options.ResolvConfPort = _world.Server.EndPoint.Port;
    });
}
