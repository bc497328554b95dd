using Rollcall.Charts.Tests.Rendering;
using Rollcall.Kubernetes;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;
using Rollcall.TestKube.Controllers;
using Rollcall.TestKit;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>The rights that the chart gives are enough for each mode, by the source that needs them against the API server double, and no more than that.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("kubernetes-endpoints", "endpoints endpointslices")]
    [InlineData("kubernetes-endpointslices", "endpoints endpointslices")]
    [InlineData("kubernetes-pods", "endpoints endpointslices pods services")]
    public async Task A_mode_has_the_rights_it_needs(string mode, string resources)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.discoveryMode={mode}");
        var rules = chart.Find("Role", "loco-loco-backend").Items("rules");
        Assert.Equal(resources.Split(' '), rules.SelectMany(static rule => rule.Texts("resources")).Order(StringComparer.Ordinal));
        Assert.All(rules, static rule => Assert.Equal(["get", "list", "watch"], rule.Texts("verbs")));
        Assert.Empty(chart.Of("ClusterRole"));
    }

    [Fact]
    public async Task Without_Kubernetes_there_are_no_rights_and_no_token()
    {
        var chart = await RenderedChart.LocoAsync("--set", "backend.discoveryMode=static");
        Assert.Empty(chart.Of("Role"));
        Assert.Empty(chart.Of("RoleBinding"));
        Assert.True(chart.Find("Deployment", "loco-loco-backend").Is("spec.template.spec.automountServiceAccountToken", false));
    }

    [Fact]
    public async Task A_canary_has_the_rights_of_its_mode_as_long_as_it_lasts()
    {
        string[] values = ["--set", "backend.replicas=10", "--set", "backend.discoveryMode=static", "--set", "backend.canary.discoveryMode=kubernetes-pods"];
        Assert.Empty((await RenderedChart.LocoAsync(values)).Of("Role"));
        var chart = await RenderedChart.LocoAsync([.. values, "--set", "backend.canary.percent=10"]);
        Assert.Contains("pods", chart.Find("Role", "loco-loco-backend").Items("rules").SelectMany(static rule => rule.Texts("resources")));
        Assert.True(chart.Find("Deployment", "loco-loco-backend").Is("spec.template.spec.automountServiceAccountToken", false));
        Assert.True(chart.Find("Deployment", "loco-loco-backend-canary").Is("spec.template.spec.automountServiceAccountToken", true));
    }

    [Fact]
    public async Task Nodes_may_be_read_only_where_the_zone_is_asked_for()
    {
        var chart = await RenderedChart.LocoAsync("--set", "backend.topology.readNode=true");
        var rule = Assert.Single(Assert.Single(chart.Of("ClusterRole")).Items("rules"));
        Assert.Equal(["nodes"], rule.Texts("resources"));
        Assert.Equal(["get"], rule.Texts("verbs"));
        Assert.Equal("spec.nodeName", DiscoveryTests.Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!)["NODE_NAME"]);
    }

    [Theory]
    [InlineData("kubernetes-endpoints")]
    [InlineData("kubernetes-endpointslices")]
    [InlineData("kubernetes-pods")]
    public async Task With_its_rights_the_backend_finds_every_emulator_of_the_chart(string mode)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.discoveryMode={mode}", "--set", "emulator.replicas=3");
        await using var cluster = await InstallAsync(chart);
        var set = await DiscoverAsync(cluster, chart, chart);
        Assert.Equal(["loco-loco-emulator-0", "loco-loco-emulator-1", "loco-loco-emulator-2"], set.Endpoints.Select(static endpoint => endpoint.Id));
        Assert.All(set.Endpoints, static endpoint => Assert.Equal((5901, 8080), (endpoint.Ports["vnc"], endpoint.Ports["health"])));
        Assert.Equal(FreshnessKind.Live, set.Freshness.Kind);
    }

    [Fact]
    public async Task With_the_rights_of_another_mode_pods_are_refused()
    {
        var chart = await RenderedChart.LocoAsync("--set", "backend.discoveryMode=kubernetes-pods");
        await using var cluster = await InstallAsync(chart);
        var error = await Assert.ThrowsAsync<DiscoveryException>(async () => await DiscoverAsync(cluster, chart, await RenderedChart.LocoAsync()));
        Assert.Contains("Not allowed to list", error.Message, StringComparison.Ordinal);
    }

    // The objects that the double knows.
    private static async Task<KubeServer> InstallAsync(RenderedChart chart)
    {
        var cluster = await KubeServer.StartAsync(new() { Controllers = new ClusterOptions { StartTime = TimeSpan.Zero } }, TestContext.Current.CancellationToken);
        cluster.Put(Manifest.Node("node-1", "a"));
        foreach (var item in chart.Objects.Where(static item => item.Text("kind") is "ConfigMap" or "Service" or "StatefulSet"))
            cluster.Put(item.DeepClone().AsObject());
        var replicas = int.Parse(chart.Find("StatefulSet", "loco-loco-emulator").Text("spec.replicas")!, System.Globalization.CultureInfo.InvariantCulture);
        await Eventually.True(() => cluster.Store.All(TestKube.Objects.ApiResource.EndpointSlices, "loco")
            .SelectMany(static slice => slice.ToJson().Items("endpoints"))
            .Count(static endpoint => endpoint.Is("conditions.ready", true) && endpoint.Text("targetRef.name")!.Contains("emulator", StringComparison.Ordinal)) == replicas);
        return cluster;
    }

    // As the service account of the chart, with what its role allows.
    private static async Task<EndpointSet> DiscoverAsync(KubeServer cluster, RenderedChart target, RenderedChart rights)
    {
        var rules = rights.Find("Role", "loco-loco-backend").Items("rules")
            .Select(static rule => new AccessRule(rule.Texts("verbs"), rule.Texts("apiGroups"), rule.Texts("resources")) { Namespace = "loco" });
        var token = cluster.AddServiceAccount("loco", rights.Find("RoleBinding", "loco-loco-backend").Items("subjects")[0].Text("name")!, [.. rules]);
        var directory = Directory.CreateTempSubdirectory("rollcall-chart-");
        try
        {
            var kubeconfig = Path.Combine(directory.FullName, "kubeconfig");
            ClientFiles.WritePrivate(kubeconfig, cluster.Kubeconfig(token, "loco"));
            await using var source = new KubernetesSource(new KubernetesSourceOptions { KubeConfig = kubeconfig, Linger = TimeSpan.Zero });
            return await Eventually.Within(source.DiscoverAsync(ServiceTarget.Parse(DiscoveryTests.Import(target, "loco-loco-emulator")["target"]), TestContext.Current.CancellationToken).AsTask());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
