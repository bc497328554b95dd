using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Faults;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>What servers and networks do to a watch.</summary>
public sealed class FaultTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("k8s:///shop/orders");

    [Theory]
    [InlineData(FaultKind.Gone)]
    [InlineData(FaultKind.GoneStatus)]
    public async Task A_forgotten_version_is_listed_anew_without_a_gap_or_a_false_loss(FaultKind kind)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        cluster.PutSlice("orders-2", Manifest.SliceEndpoint("10.0.0.2"));
        await using var watch = await WatchAsync(cluster, static options => options.PageSize = 1);

        cluster.Server.Faults.Add(new Fault(kind) { Verb = "watch", Times = 1 });
        // The new list begins with an expired page as well.
        cluster.Server.Faults.Add(new Fault(FaultKind.GoneStatus) { Verb = "list", Times = 1 });
        cluster.Server.Faults.DropWatches();
        cluster.PutSlice("orders-2", Manifest.SliceEndpoint("10.0.0.3"));

        await Eventually.True(() => watch.Last!.Endpoints[^1].Host == "10.0.0.3");
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive && set.Endpoints.Length == 2, $"{set.Freshness}, {set.Endpoints.Length}"));
        Assert.True(cluster.Server.Counters.Count("list") >= 4);
    }

    [Fact]
    public async Task Objects_that_went_while_nobody_looked_are_gone_after_the_new_list()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        cluster.PutSlice("orders-2", Manifest.SliceEndpoint("10.0.0.2"));
        await using var watch = await WatchAsync(cluster);
        await cluster.Server.GoDownAsync();
        cluster.Server.Delete(Rollcall.TestKube.Objects.ApiResource.EndpointSlices, "shop", "orders-1");
        cluster.Server.Store.Compact();

        await cluster.Server.ListenAsync(CancellationToken.None);

        await Eventually.True(() => watch.Last!.Freshness.IsLive && watch.Last.Endpoints is [{ Host: "10.0.0.2" }]);
    }

    [Fact]
    public async Task A_watch_that_has_silently_died_is_noticed_and_replaced()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        await using var watch = await WatchAsync(cluster, static options => (options.IdleTimeout, options.RequestTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));

        cluster.Server.Faults.GoSilent();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));
        // A server that answers no request either is an outage.
        await Eventually.True(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);
        Assert.Contains("does not answer", watch.Last!.Freshness.Reason, StringComparison.Ordinal);
        cluster.Server.Faults.Resume();

        await Eventually.True(() => watch.Last.Freshness.IsLive && watch.Last.Endpoints[0].Host == "10.0.0.2");
    }

    [Fact]
    public async Task A_watch_that_is_reset_goes_on_where_it_was_without_a_word()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        await using var watch = await WatchAsync(cluster);

        for (var i = 2; i < 5; i++)
        {
            cluster.Server.Faults.DropWatches();
            cluster.PutSlice("orders-1", Manifest.SliceEndpoint($"10.0.0.{i}"));
            await Eventually.True(() => watch.Last!.Endpoints[0].Host == $"10.0.0.{i}");
        }

        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        Assert.Equal(1, cluster.Server.Counters.Count("list"));
    }

    [Fact]
    public async Task Too_many_requests_are_waited_out_for_as_long_as_the_server_asks()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        cluster.Server.Faults.Add(new Fault(FaultKind.TooManyRequests) { Times = 1, RetryAfter = TimeSpan.FromSeconds(1) });
        var start = TimeProvider.System.GetTimestamp();

        var set = await cluster.Source().DiscoverAsync(Orders, CancellationToken.None);

        Assert.Single(set.Endpoints);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromSeconds(1));
        Assert.Equal(2, cluster.Server.Counters.Count("list"));
    }

    [Theory]
    [InlineData(FaultKind.InternalError, "answers 500")]
    [InlineData(FaultKind.Garbage, "makes no sense")]
    [InlineData(FaultKind.Reset, "broke the connection")]
    [InlineData(FaultKind.EndlessBody, "does not answer|gives an answer larger than 67,108,864 bytes")]
    [InlineData(FaultKind.Unauthorized, "does not accept the credentials .401")]
    public async Task A_failure_says_what_was_tried_on_what_and_why_it_failed(FaultKind kind, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Faults.Add(new Fault(kind));
        // Only what never ends is to be too slow.
        var timeout = kind == FaultKind.EndlessBody ? TimeSpan.FromMilliseconds(700) : Eventually.Limit;

        var error = await Assert.ThrowsAsync<DiscoveryException>(
            () => cluster.Source(options => options.RequestTimeout = timeout).DiscoverAsync(Orders, CancellationToken.None).AsTask());

        Assert.Contains("list endpointslices.discovery.k8s.io in the namespace shop", error.Message, StringComparison.Ordinal);
        Assert.Contains(cluster.Server.Url.Authority, error.Message, StringComparison.Ordinal);
        Assert.Matches(expected, error.Message);
        Assert.DoesNotContain(cluster.Server.AdminToken, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.Garbage, "makes no sense")]
    [InlineData(FaultKind.EndlessBody, "4,194,304")]
    [InlineData(FaultKind.EndsAtOnce, "ends as soon as it has begun")]
    [InlineData(FaultKind.ErrorEvent, "etcdserver: request timed out \\(500\\)")]
    public async Task A_watch_that_cannot_be_read_or_kept_is_one_outage_and_mends_itself(FaultKind kind, string reason)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        // The one target comes back to the same shared watch, as it does outside of tests.
        await using var watch = await WatchAsync(cluster, static options => options.Linger = TimeSpan.FromSeconds(10));
        var lists = cluster.Server.Counters.Count("list");
        cluster.Server.Faults.Add(new Fault(kind) { Verb = "watch" });
        cluster.Server.Faults.DropWatches();

        await Eventually.True(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);
        Assert.Matches(reason, watch.Last!.Freshness.Reason);
        // It is listed anew time and again, but only a watch that lives mends it.
        await Eventually.True(() => cluster.Server.Counters.Count("list") >= lists + 2);
        Assert.Equal([FreshnessKind.Live, FreshnessKind.Stale], watch.Seen.Select(static set => set.Freshness.Kind));
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));
        cluster.Server.Faults.Clear();

        await Eventually.True(() => watch.Last.Freshness.IsLive && watch.Last.Endpoints[0].Host == "10.0.0.2");
        Assert.Equal(3, watch.Seen.Length);
    }

    private static async Task<WatchRecorder> WatchAsync(TestCluster cluster, Action<KubernetesSourceOptions>? configure = null)
    {
        var watch = new WatchRecorder(cluster.Source(configure), Orders);
        await Eventually.True(() => watch.Last is not null);
        await Eventually.True(() => cluster.Server.Counters.OpenWatches == 1);
        return watch;
    }
}
