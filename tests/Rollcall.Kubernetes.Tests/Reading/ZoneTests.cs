using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Faults;

namespace Rollcall.Kubernetes.Tests.Reading;

public sealed class ZoneTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("k8s:///shop/orders");

    [Theory]
    [InlineData("configured", "a", "by the configuration")]
    [InlineData("variable", "b", "by ROLLCALL_ZONE")]
    [InlineData("node", "c", "by the labels of the node n1")]
    public async Task The_own_zone_is_configured_or_that_of_the_environment_or_of_the_node(string from, string zone, string origin)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Node("n1", "c"));
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", zone: "a"), Manifest.SliceEndpoint("10.0.0.2", zone: "b"), Manifest.SliceEndpoint("10.0.0.3", zone: "c"));
        var source = cluster.Source(options =>
        {
            options.PreferOwnZone = true;
            options.Zone = from == "configured" ? "a" : null;
            options.Variable = name => name switch
            {
                "NODE_NAME" => "n1",
                "ROLLCALL_ZONE" when from == "variable" => "b",
                _ => null,
            };
        });

        var set = await source.DiscoverAsync(Orders, CancellationToken.None);

        Assert.Equal(zone, Assert.Single(set.Endpoints, static endpoint => endpoint.Priority == 0).Zone);
        Assert.Equal(2, set.Endpoints.Count(static endpoint => endpoint.Priority == 1));
        Assert.Contains(cluster.Log.Of(LogLevel.Information), line => line.Contains($"own zone is {zone}, {origin}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_decision_is_logged_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", zone: "a"));
        await using var watch = new WatchRecorder(cluster.Source(static options => options.Zone = "a"), Orders);
        await Eventually.True(() => watch.Last is not null);
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", zone: "a"), Manifest.SliceEndpoint("10.0.0.2", zone: "b"));
        await Eventually.True(() => watch.Last!.Endpoints.Length == 2);
        Assert.Equal(["there are endpoints for the own zone a (by the zones they run in); all zones are used alike."], Decisions());

        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2", zone: "b"));
        await Eventually.True(() => watch.Last!.Endpoints.Length == 1);
        Assert.Equal("no ready endpoint is for the own zone a (by the zones they run in), so all zones are used.", Decisions()[^1]);

        var hinted = Manifest.SliceEndpoint("10.0.0.2", zone: "b");
        hinted["hints"] = new JsonObject { ["forZones"] = new JsonArray(new JsonObject { ["name"] = "a" }) };
        cluster.PutSlice("orders-1", hinted);
        await Eventually.True(() => watch.Last!.Endpoints[0].Metadata.ContainsKey("hint-zones"));
        Assert.Equal(3, Decisions().Length);
        Assert.Contains("by the cluster's hints", Decisions()[^1], StringComparison.Ordinal);
        Assert.All(watch.Seen.SelectMany(static set => set.Endpoints), static endpoint => Assert.Equal(0, endpoint.Priority));

        string[] Decisions() => [.. cluster.Log.Of(LogLevel.Information).Where(static line => line.StartsWith("k8s:", StringComparison.Ordinal)).Select(static line => line.Split(": ", 2)[1])];
    }

    [Fact]
    public async Task A_node_that_may_not_be_read_costs_the_zone_and_nothing_else()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", zone: "a"));
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(cluster.Server.AddServiceAccount("shop", "caller", Rollcall.TestKube.Access.AccessRule.Read("shop", "endpointslices"))));

        var set = await cluster.Source(static options => (options.NodeName, options.PreferOwnZone) = ("n1", true)).DiscoverAsync(Orders, CancellationToken.None);

        Assert.Equal(0, Assert.Single(set.Endpoints).Priority);
        var line = Assert.Single(cluster.Log.Of(LogLevel.Warning), static line => line.Contains("own zone is not known", StringComparison.Ordinal));
        Assert.Contains("kind: ClusterRole\n", line, StringComparison.Ordinal);
        Assert.Contains("verbs: [\"get\"]", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.InternalError, 1)]
    [InlineData(FaultKind.Slow, 4)]
    public async Task The_first_snapshot_does_not_wait_for_the_own_zone_and_a_failure_is_not_the_last_word(FaultKind kind, int times)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Node("n1", "b"));
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", zone: "a"), Manifest.SliceEndpoint("10.0.0.2", zone: "b"));
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Server.Faults.Add(new Fault(kind) { Resource = "nodes", Times = times, Until = seen.Task });

        await using var watch = new WatchRecorder(
            cluster.Source(static options => (options.NodeName, options.PreferOwnZone, options.Linger) = ("n1", true, TimeSpan.FromSeconds(10))), Orders);
        await Eventually.True(() => watch.Last is not null);
        seen.SetResult();

        await Eventually.True(() => watch.Last is { } last && last.Endpoints.Select(static endpoint => endpoint.Priority).SequenceEqual([1, 0]));
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        if (kind == FaultKind.Slow)
            Assert.Equal([0, 0], watch.Seen[0].Endpoints.Select(static endpoint => endpoint.Priority));
        else
            Assert.Contains("tried again", Assert.Single(cluster.Log.Of(LogLevel.Warning)), StringComparison.Ordinal);
    }
}
