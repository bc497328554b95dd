using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Consul.Tests;

public sealed class ConsulSourceTests : IAsyncLifetime
{
    private readonly VirtualTime _time = new();
    private readonly ConsulSourceOptions _options = new() { AnswerTimeout = TimeSpan.FromMinutes(4) };
    private FakeConsul _consul = null!;

    public async ValueTask InitializeAsync()
    {
        _consul = await FakeConsul.StartAsync(_time);
        _options.Agents.Add(_consul.Url);
        _consul.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.1", 80));
    }

    public async ValueTask DisposeAsync() => await _consul.DisposeAsync();

    [Fact]
    public async Task What_is_asked_stands_in_the_query_and_the_token_in_its_header()
    {
        _options.Token = "0a1b";
        (_options.Datacenter, _options.AllowStale, _options.Partition) = ("dc1", true, "p");
        await DiscoverAsync("consul:///orders?dc=eu%20west&tag=v2,blue&near=_agent&filter=Service.Meta.version+==+%222%22&ns=shop");
        Assert.Equal("/v1/health/service/orders?partition=p&stale&dc=eu%20west&filter=Service.Meta.version%2B%3D%3D%2B%222%22&near=_agent&ns=shop&tag=v2&tag=blue", _consul.Web.Requests.Single());
        Assert.Equal("0a1b", _consul.LastHeaders!["X-Consul-Token"]);
    }

    [Fact]
    public async Task A_change_is_waited_for_and_an_index_that_goes_backwards_begins_anew()
    {
        await using var watch = Watch();
        await UntilAsync(() => _consul.Web.Requests.Count == 2);
        Assert.StartsWith("/v1/health/service/orders?index=11&wait=", _consul.Web.Requests.Last(), StringComparison.Ordinal);
        _consul.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.2", 80));
        await UntilAsync(() => watch.Last!.Endpoints[0].Host == "10.0.0.2");

        _consul.Restore();
        await UntilAsync(() => _consul.Web.Requests.Count(static request => !request.Contains("index=", StringComparison.Ordinal)) == 2);
        _consul.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.3", 80));
        await UntilAsync(() => watch.Last!.Endpoints[0].Host == "10.0.0.3");
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
    }

    [Theory]
    [InlineData("X-Consul-Index", "0", 2)]
    [InlineData("X-Consul-Index", null, 0.2)]
    [InlineData("X-Consul-Index", "many", 0.2)]
    public async Task A_server_that_gives_no_index_is_not_asked_in_a_tight_loop(string header, string? value, double mostPerSecond)
    {
        _consul.Headers = headers =>
        {
            headers.Remove(header);
            if (value is not null)
                headers[header] = value;
        };
        _options.AnswerTimeout = TimeSpan.FromSeconds(10);
        _consul.Instead = static context => Task.FromResult(false);
        await using var watch = Watch();
        await Eventually.True(() => watch.Last is not null);
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(_consul.Web.Requests.Count, 2, 30 * mostPerSecond + 3);
    }

    [Fact]
    public async Task A_content_hash_is_passed_back_as_it_came()
    {
        _consul.Headers = static headers =>
        {
            headers.Remove("X-Consul-Index");
            headers["X-Consul-ContentHash"] = "a+b/=";
        };
        await using var watch = Watch();
        await UntilAsync(() => _consul.Web.Requests.Count >= 2);
        Assert.Contains("?hash=a%2Bb%2F%3D&wait=", _consul.Web.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_cluster_that_wakes_everyone_for_nothing_is_asked_about_once_a_second()
    {
        var index = 100;
        _consul.Headers = headers => headers["X-Consul-Index"] = Interlocked.Increment(ref index).ToString(CultureInfo.InvariantCulture);
        await using var watch = Watch();
        await Eventually.True(() => watch.Last is not null);
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.InRange(_consul.Web.Requests.Count, 10, 45);
        Assert.Single(watch.Seen);
    }

    [Fact]
    public async Task Watches_begin_at_different_agents()
    {
        await using var other = await FakeConsul.StartAsync(_time);
        _options.Agents.Add(other.Url);
        var source = new ConsulSource(_options, _time, new Random(1));
        var target = ServiceTarget.Parse("consul:///orders");
        for (var i = 0; i < 20; i++)
            await Eventually.Within(source.DiscoverAsync(target, CancellationToken.None).AsTask());
        Assert.InRange(other.Web.Requests.Count, 5, 15);
        var (before, watches) = (other.Web.Requests.Count, new List<WatchRecorder>());
        for (var i = 0; i < 12; i++)
            watches.Add(new WatchRecorder(source, target));
        await Eventually.True(() => watches.All(static watch => watch.Last is not null));
        Assert.InRange(watches.Count(static watch => watch.Last!.Endpoints.IsEmpty), 2, 10);
        Assert.True(other.Web.Requests.Count > before);
        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_that_fails_is_followed_by_the_next_and_all_gone_is_stale()
    {
        await using var other = await FakeConsul.StartAsync(_time);
        other.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.1", 80), FakeConsul.Entry("n2", "orders", "10.0.0.2", 80));
        _options.Agents.Add(other.Url);
        await using var watch = Watch();
        await Eventually.True(() => watch.Last is not null);
        await _consul.Web.CutAsync();
        await UntilAsync(() => watch.Last!.Endpoints.Length == 2);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        await other.Web.CutAsync();
        await UntilAsync(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);
        Assert.Equal(2, watch.Last!.Endpoints.Length);
    }

    [Theory]
    [InlineData(403, "Permission denied: token with AccessorID 'x' lacks permission 'service:read' on \"orders\"", "service \"orders\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }")]
    [InlineData(403, "ACL not found", "does not know the token")]
    [InlineData(401, "", "service:read on it and node:read")]
    [InlineData(500, "No path to datacenter", "Correct ?dc=")]
    [InlineData(500, "No cluster leader", "consul operator raft list-peers")]
    [InlineData(400, "Failed to parse filter", "refuses (400: Failed to parse filter). Correct the target's parameters.")]
    [InlineData(404, "", "Is it Consul's HTTP API on this port?")]
    [InlineData(418, "a\nb", "refuses (418: a b)")]
    public async Task A_refusal_names_what_is_missing(int status, string body, string expected)
    {
        _options.Token = "s3cret";
        _consul.Instead = async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
            return true;
        };
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("consul:///orders"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_consul.Url.Authority, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Consul_withholds_from_a_token_is_no_absent_service()
    {
        _consul.Token = "good";
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("consul:///orders"));
        Assert.Contains("withholds every instance. The token needs service:read", error.Message, StringComparison.Ordinal);
        Assert.Empty((await DiscoverAsync("consul:///nothing")).Endpoints);
        _options.Token = "good";
        Assert.True((await DiscoverAsync("consul:///orders")).Freshness.IsLive);

        _consul.Headers = static headers => headers["X-Consul-Results-Filtered-By-ACLs"] = "true";
        var some = await DiscoverAsync("consul:///orders");
        Assert.Equal((1, FreshnessKind.Fallback), (some.Endpoints.Length, some.Freshness.Kind));
    }

    [Fact]
    public async Task A_token_file_is_read_again_for_every_query()
    {
        var file = Path.GetTempFileName();
        try
        {
            _options.TokenFile = file;
            await File.WriteAllTextAsync(file, "one\n", TestContext.Current.CancellationToken);
            await using var watch = Watch();
            await UntilAsync(() => _consul.LastHeaders?["X-Consul-Token"].ToString() is "one" && _consul.Web.Requests.Count == 2);
            await File.WriteAllTextAsync(file, "two\n", TestContext.Current.CancellationToken);
            _consul.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.2", 80));
            await UntilAsync(() => _consul.LastHeaders?["X-Consul-Token"].ToString() is "two");
            await File.WriteAllTextAsync(file, "two words", TestContext.Current.CancellationToken);
            var error = await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("consul:///orders"));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("two", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_server_that_asks_to_be_left_alone_is()
    {
        _consul.Instead = static context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "60";
            return Task.FromResult(true);
        };
        await using var watch = Watch();
        await Eventually.True(() => _consul.Web.Requests.Count == 1);
        await PassAsync(TimeSpan.FromSeconds(58));
        Assert.Single(_consul.Web.Requests);
        await _time.AdvanceUntilAsync(() => _consul.Web.Requests.Count == 2, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_stale_answer_that_is_too_old_says_so()
    {
        _options.AllowStale = true;
        _consul.Headers = static headers => headers["X-Consul-LastContact"] = "10000";
        Assert.True((await DiscoverAsync("consul:///orders")).Freshness.IsLive);
        _consul.Headers = static headers => headers["X-Consul-LastContact"] = "10001";
        Assert.Contains("longer than 10s", (await DiscoverAsync("consul:///orders")).Freshness.Reason, StringComparison.Ordinal);
        _consul.Headers = static headers => headers["X-Consul-KnownLeader"] = "false";
        Assert.Equal(FreshnessKind.Fallback, (await DiscoverAsync("consul:///orders")).Freshness.Kind);
    }

    [Theory]
    [InlineData("<html>", "answers what Consul does not")]
    [InlineData("", "answers what Consul does not")]
    [InlineData("{}", "answers what Consul does not")]
    [InlineData("null", "is null")]
    [InlineData("""[{"Node":{"Node":"\ud800"}}]""", "answers what Consul does not")]
    [InlineData("""[{"Service":{"Meta":{"\udfff":""}}}]""", "answers what Consul does not")]
    [InlineData("""[{"\ud800":1}]""", "answers what Consul does not")]
    public async Task Garbage_is_told_as_such(string body, string expected)
    {
        _consul.Instead = async context =>
        {
            await context.Response.WriteAsync(body);
            return true;
        };
        Assert.Contains(expected, (await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("consul:///orders"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_never_ends_or_never_comes_is_bounded()
    {
        _consul.Instead = static async context =>
        {
            var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            return true;
        };
        Assert.Contains("larger than 33,554,432 bytes", (await Assert.ThrowsAsync<DiscoveryException>(() => DiscoverAsync("consul:///orders"))).Message, StringComparison.Ordinal);

        _options.AnswerTimeout = TimeSpan.FromSeconds(5);
        _consul.Instead = static async context =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            return true;
        };
        var discovering = DiscoverAsync("consul:///orders");
        await Eventually.True(() => _consul.Web.Requests.Count == 2);
        await _time.AdvanceUntilAsync(() => discovering.IsCompleted, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(6));
        Assert.Contains("no answer within 5s", (await Assert.ThrowsAsync<DiscoveryException>(() => discovering)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_over_TLS_are_trusted_by_their_authority()
    {
        using var authority = new TestAuthority();
        await using var secure = await FakeConsul.StartAsync(_time, authority.IssueServer(["127.0.0.1"]));
        secure.Set("orders", FakeConsul.Entry("n1", "orders", "10.0.0.1", 80));
        var target = $"consul://127.0.0.1:{secure.Url.Port}/orders";
        var file = authority.WriteTo(Path.GetTempFileName());
        try
        {
            var source = new ConsulSource(new ConsulSourceOptions { Tls = { CaFile = file } });
            Assert.Single((await source.DiscoverAsync(ServiceTarget.Parse(target), CancellationToken.None)).Endpoints);
        }
        finally
        {
            File.Delete(file);
        }

        var untrusting = new ConsulSource(new ConsulSourceOptions { Agents = { secure.Url } });
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => untrusting.DiscoverAsync(ServiceTarget.Parse("consul:///orders"), CancellationToken.None).AsTask());
        Assert.Contains("nobody we trust has signed", error.Message, StringComparison.Ordinal);
    }

    private WatchRecorder Watch() => new(new ConsulSource(_options, _time, new Random(1)), ServiceTarget.Parse("consul:///orders"));

    private Task<EndpointSet> DiscoverAsync(string target) => Eventually.Within(new ConsulSource(_options, _time, new Random(1)).DiscoverAsync(ServiceTarget.Parse(target), CancellationToken.None).AsTask());

    private Task UntilAsync(Func<bool> condition) => _time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(2));

    private async Task PassAsync(TimeSpan duration)
    {
        var end = _time.GetUtcNow() + duration;
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= end, TimeSpan.FromMilliseconds(500), duration + TimeSpan.FromSeconds(1));
    }
}
