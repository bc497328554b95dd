using System.Net;
using Rollcall.TestKit;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.Api;

/// <summary>The read side over real sockets and TLS.</summary>
public sealed class ReadTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_list_then_a_watch_from_it_miss_nothing(string version)
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Slice("orders-1", "10.0.0.1"));
        using var client = new KubeClient(cluster, version: Version.Parse(version));
        var (code, list) = await client.GetAsync(Slices);
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("EndpointSliceList", list["kind"]!.ToString());
        var item = Assert.Single(list["items"]!.AsArray())!.AsObject();
        Assert.False(item.ContainsKey("kind")); // items of a list have none

        cluster.Put(Slice("orders-1", "10.0.0.2"));
        using var watch = await client.WatchAsync($"{Slices}?watch=1&resourceVersion={list["metadata"]!["resourceVersion"]}");
        var modified = (await watch.NextAsync())!;
        Assert.Equal("MODIFIED", modified["type"]!.ToString());
        Assert.Equal("EndpointSlice", modified["object"]!["kind"]!.ToString());
        Assert.Equal("10.0.0.2", modified["object"]!["endpoints"]![0]!["addresses"]![0]!.ToString());
        cluster.Delete(ApiResource.EndpointSlices, "shop", "orders-1");
        Assert.Equal("DELETED orders-1", await watch.NextNameAsync());
        Assert.Equal(1, cluster.Counters.OpenWatches);
        Assert.Equal(1, cluster.Counters.Count("list", "endpointslices"));
    }

    [Fact]
    public async Task A_namespace_shows_what_is_in_it_and_nothing_else()
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders"));
        cluster.Put(Manifest.Pod("other", "b", "10.0.0.2", "orders"));
        using var client = new KubeClient(cluster);
        Assert.Equal(["a"], Names((await client.GetAsync("/api/v1/namespaces/shop/pods")).Json));
        Assert.Equal(["b", "a"], Names((await client.GetAsync("/api/v1/pods")).Json)); // in the order of namespaces
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/namespaces/shop/pods/b")).Code);
        using var watch = await client.WatchAsync("/api/v1/namespaces/shop/pods?watch=1");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        cluster.Delete(ApiResource.Pods, "other", "b");
        cluster.Delete(ApiResource.Pods, "shop", "a");
        Assert.Equal("DELETED a", await watch.NextNameAsync());

        static IEnumerable<string> Names(System.Text.Json.Nodes.JsonObject list) => list["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task Pages_are_one_snapshot_and_expire_when_it_is_compacted()
    {
        await using var cluster = await KubeServer.StartAsync();
        foreach (var i in Enumerable.Range(1, 5))
            cluster.Put(Slice($"orders-{i}", $"10.0.0.{i}"));
        using var client = new KubeClient(cluster);
        var (_, first) = await client.GetAsync($"{Slices}?limit=2");
        Assert.Equal(3, first["metadata"]!["remainingItemCount"]!.GetValue<int>());
        cluster.Delete(ApiResource.EndpointSlices, "shop", "orders-3");
        var (_, second) = await client.GetAsync($"{Slices}?limit=2&continue={first["metadata"]!["continue"]}");
        Assert.Equal(["orders-3", "orders-4"], second["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.ToString()));
        Assert.Equal(first["metadata"]!["resourceVersion"]!.ToString(), second["metadata"]!["resourceVersion"]!.ToString());

        cluster.Store.Compact();
        var (code, expired) = await client.GetAsync($"{Slices}?limit=2&continue={second["metadata"]!["continue"]}");
        Assert.Equal((HttpStatusCode.Gone, "Expired"), (code, expired["reason"]!.ToString()));
        var (_, rest) = await client.GetAsync($"{Slices}?limit=2&continue={expired["metadata"]!["continue"]}");
        Assert.Equal("orders-5", Assert.Single(rest["items"]!.AsArray())!["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task A_watch_from_before_the_compaction_is_told_410_by_an_event()
    {
        await using var cluster = await KubeServer.StartAsync();
        var before = cluster.Store.ResourceVersion;
        cluster.Put(Slice("orders-1", "10.0.0.1"));
        cluster.Store.Compact();
        using var client = new KubeClient(cluster);
        using var watch = await client.WatchAsync($"{Slices}?watch=1&resourceVersion={before}");
        var error = (await watch.NextAsync())!;
        Assert.Equal("ERROR", error["type"]!.ToString());
        Assert.Equal($"too old resource version: {before} ({cluster.Store.ResourceVersion})", error["object"]!["message"]!.ToString());
        Assert.Equal(410, error["object"]!["code"]!.GetValue<int>());
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Bookmarks_come_on_time_and_the_watch_ends_when_it_was_asked_to()
    {
        var time = new VirtualTime(TimeProvider.System.GetUtcNow());
        await using var cluster = await KubeServer.StartAsync(new() { Time = time });
        using var client = new KubeClient(cluster);
        using var watch = await client.WatchAsync($"{Slices}?watch=1&allowWatchBookmarks=true&timeoutSeconds=90");
        await Eventually.True(() => time.PendingTimers == 2);
        var at = cluster.Put(Manifest.Node("node-1")).ResourceVersion; // of no interest to the watch, but a newer revision
        time.Advance(TimeSpan.FromSeconds(60));
        var bookmark = (await watch.NextAsync())!;
        Assert.Equal("BOOKMARK", bookmark["type"]!.ToString());
        Assert.Equal(at.ToString(System.Globalization.CultureInfo.InvariantCulture), bookmark["object"]!["metadata"]!["resourceVersion"]!.ToString());
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("BOOKMARK ", await watch.NextNameAsync());
        Assert.Null(await watch.NextAsync());
        await Eventually.True(() => cluster.Counters.OpenWatches == 0 && time.PendingTimers == 0);
    }

    [Fact]
    public async Task A_list_streamed_by_a_watch_ends_with_a_bookmark()
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Slice("orders-1", "10.0.0.1"));
        using var client = new KubeClient(cluster);
        using var watch = await client.WatchAsync($"{Slices}?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        Assert.Equal("ADDED orders-1", await watch.NextNameAsync());
        Assert.Equal("true", (await watch.NextAsync())!["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString());
    }

    [Fact]
    public async Task A_selector_makes_additions_and_deletions_of_changes()
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders"));
        using var client = new KubeClient(cluster);
        using var watch = await client.WatchAsync("/api/v1/namespaces/shop/pods?watch=1&labelSelector=app%3Dorders");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        cluster.Change(ApiResource.Pods, "shop", "a", static pod => pod["metadata"]!["labels"]!["app"] = "billing");
        Assert.Equal("DELETED a", await watch.NextNameAsync());
        cluster.Change(ApiResource.Pods, "shop", "a", static pod => pod["metadata"]!["labels"]!["app"] = "orders");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task A_watch_of_tables_says_its_columns_once()
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders"));
        cluster.Put(Manifest.Pod("shop", "b", "10.0.0.2", "orders"));
        using var client = new KubeClient(cluster);
        client.Http.DefaultRequestHeaders.Add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        using var watch = await client.WatchAsync("/api/v1/namespaces/shop/pods?watch=1&includeObject=Metadata");
        var first = (await watch.NextAsync())!["object"]!;
        Assert.Equal(("Table", "Name"), (first["kind"]!.ToString(), first["columnDefinitions"]![0]!["name"]!.ToString()));
        Assert.Equal(("a", "a"), (first["rows"]![0]!["cells"]![0]!.ToString(), first["rows"]![0]!["object"]!["metadata"]!["name"]!.ToString()));
        var second = (await watch.NextAsync())!["object"]!;
        Assert.Null(second["columnDefinitions"]);
        Assert.Equal("b", second["rows"]![0]!["cells"]![0]!.ToString());
    }

    [Fact]
    public async Task Who_may_not_is_told_in_the_words_of_the_API_server()
    {
        await using var cluster = await KubeServer.StartAsync();
        var token = cluster.AddServiceAccount("shop", "default", AccessRule.Read("shop", "endpoints"));
        using var client = new KubeClient(cluster, token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/namespaces/shop/endpoints")).Code);
        var (code, slices) = await client.GetAsync(Slices);
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Equal(
            "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"endpointslices\" in API group \"discovery.k8s.io\" in the namespace \"shop\"",
            slices["message"]!.ToString());
        Assert.Equal(
            "nodes \"n\" is forbidden: User \"system:serviceaccount:shop:default\" cannot get resource \"nodes\" in API group \"\" at the cluster scope",
            (await client.GetAsync("/api/v1/nodes/n")).Json["message"]!.ToString());
        cluster.Access.RevokeToken(token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(Slices)).Code);
    }

    [Fact]
    public async Task Only_the_slices_asked_for_are_served()
    {
        await using var cluster = await KubeServer.StartAsync(new() { Slices = SliceSupport.None });
        cluster.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 80)], [Manifest.SliceEndpoint("10.0.0.1", zone: "a", node: "n")]));
        using var client = new KubeClient(cluster);
        using (var response = await client.Http.GetAsync(Slices))
            Assert.Equal((HttpStatusCode.NotFound, "404 page not found\n"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        cluster.Slices = SliceSupport.V1Beta1;
        var (_, list) = await client.GetAsync("/apis/discovery.k8s.io/v1beta1/namespaces/shop/endpointslices");
        var endpoint = list["items"]![0]!["endpoints"]![0]!;
        Assert.Equal(("a", null), (endpoint["topology"]!["topology.kubernetes.io/zone"]!.ToString(), endpoint["zone"]));
    }

    [Fact]
    public async Task Faults_come_on_command()
    {
        await using var cluster = await KubeServer.StartAsync();
        using var client = new KubeClient(cluster);
        cluster.Faults.Add(new(FaultKind.TooManyRequests) { Times = 1, Verb = "list", RetryAfter = TimeSpan.FromSeconds(7) });
        using (var busy = await client.Http.GetAsync(Slices))
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), (busy.StatusCode, busy.Headers.RetryAfter!.Delta));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Slices)).Code);

        using var watch = await client.WatchAsync($"{Slices}?watch=1");
        cluster.Faults.GoSilent();
        cluster.Put(Slice("orders-1", "10.0.0.1"));
        var silent = watch.Reading();
        Assert.NotSame(silent, await Task.WhenAny(silent, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)));
        cluster.Faults.Resume();
        Assert.StartsWith("{\"type\":\"ADDED\"", await Eventually.Within(silent), StringComparison.Ordinal);
        cluster.Faults.DropWatches();
        await Assert.ThrowsAnyAsync<Exception>(watch.NextAsync);
        await Eventually.True(() => cluster.Counters.OpenWatches == 0);
    }

    private static System.Text.Json.Nodes.JsonObject Slice(string name, string address) =>
        Manifest.Slice("shop", "orders", name, [("http", 8080)], [Manifest.SliceEndpoint(address)]);
}
