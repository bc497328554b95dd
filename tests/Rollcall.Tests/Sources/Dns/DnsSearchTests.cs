using Rollcall.Sources.Dns;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Sources.Dns.Wire;
using Rollcall.TestKit.Dns;

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

    [Fact]
    public async Task A_suffix_that_cannot_be_asked_is_an_error_when_nothing_else_answers()
    {
        _world.Server.Behave(static question => question.Name == "orders.a.test" ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);

        var error = await _world.FailureAsync("dns:///orders:80?family=ipv4", Source());

        Assert.Contains("Cannot look up A orders.a.test: ", error, StringComparison.Ordinal);
        Assert.Contains("resolv.conf", error, StringComparison.Ordinal);
        Assert.Equal("orders", _world.Server.Questions.Last().Name);
    }

    [Fact]
    public async Task A_suffix_that_cannot_be_asked_is_a_doubt_when_another_answers()
    {
        _world.Server.Set(ZoneRecord.Address("orders.b.test", "10.0.0.1"));
        _world.Server.Behave(static question => question.Name == "orders.a.test" ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);

        var set = await _world.SetAsync("dns:///orders:80?family=ipv4", Source());

        Assert.Single(set.Endpoints);
        Assert.Equal(FreshnessKind.Fallback, set.Freshness.Kind);
        Assert.Contains("orders.a.test", set.Freshness.Reason, StringComparison.Ordinal);
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
            await _world.CompletesAsync(resolver.AskAsync(conf, "orders.test", RecordType.A, CancellationToken.None));
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
