using Rollcall.Charts.Tests.Rendering;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>A part of the backends finds by another mode; how large it is, and how to go back, is a value.</summary>
public sealed class CanaryTests
{
    [Theory]
    [InlineData(10, 10, 9, 1)]
    [InlineData(10, 50, 5, 5)]
    [InlineData(10, 100, 0, 10)]
    [InlineData(3, 10, 2, 1)] // one at least
    [InlineData(2, 90, 1, 1)] // and one left to the others
    [InlineData(3, 50, 1, 2)]
    [InlineData(1, 100, 0, 1)]
    [InlineData(0, 100, 0, 0)]
    public async Task Backends_are_divided_by_percent(int replicas, int percent, int stable, int canary)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.replicas={replicas}", "--set", $"backend.canary.percent={percent}");
        Assert.Equal($"{stable}", chart.Find("Deployment", "loco-loco-backend").Text("spec.replicas"));
        Assert.Equal($"{canary}", chart.Find("Deployment", "loco-loco-backend-canary").Text("spec.replicas"));
    }

    [Fact]
    public async Task Of_one_backend_there_is_no_part() =>
        Assert.Contains("Set backend.replicas to 2 or more", await RenderedChart.LocoRefusesAsync("--set", "backend.replicas=1", "--set", "backend.canary.percent=10"), StringComparison.Ordinal);

    [Fact]
    public async Task The_two_parts_differ_in_their_mode_and_nothing_else()
    {
        var chart = await RenderedChart.LocoAsync(
            "--set", "backend.replicas=10", "--set", "backend.canary.percent=10", "--set", "backend.discoveryMode=kubernetes-pods", "--set", "backend.canary.discoveryMode=kubernetes-endpoints");
        var stable = chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!;
        var canary = chart.Find("Deployment", "loco-loco-backend-canary")["spec"]!["template"]!;
        Assert.Equal("kubernetes-pods", DiscoveryTests.Variables(stable)["DISCOVERY_MODE"]);
        Assert.Equal("kubernetes-endpoints", DiscoveryTests.Variables(canary)["DISCOVERY_MODE"]);
        canary["metadata"]!["annotations"]!["checksum/config"] = stable.At("metadata.annotations")!["checksum/config"]!.DeepClone();
        var alike = canary.ToJsonString().Replace("kubernetes-endpoints", "kubernetes-pods", StringComparison.Ordinal).Replace("\"canary\"", "\"stable\"", StringComparison.Ordinal)
            .Replace("backend-canary\"", "backend-stable\"", StringComparison.Ordinal);
        Assert.Equal(stable.ToJsonString(), alike);
    }

    [Fact]
    public async Task The_service_sends_to_both()
    {
        var chart = await RenderedChart.LocoAsync("--set", "backend.replicas=2", "--set", "backend.canary.percent=50");
        var selector = chart.Find("Service", "loco-loco-backend").Map("spec.selector");
        Assert.All(chart.Of("Deployment"), deployment => Assert.True(selector.Selects(deployment.Map("spec.template.metadata.labels"))));
    }

    [Fact]
    public async Task Going_back_to_none_leaves_nothing_behind()
    {
        string[] values = ["--set", "backend.replicas=10", "--set", "backend.discoveryMode=kubernetes-pods"];
        var before = await RenderedChart.LocoAsync(values);
        var after = await RenderedChart.LocoAsync([.. values, "--set", "backend.canary.percent=0", "--set", "backend.canary.discoveryMode=kubernetes-endpoints"]);
        Assert.Equal(before.AsText(), after.AsText());
    }

    [Fact]
    public async Task A_larger_part_starts_no_backend_anew()
    {
        string[] values = ["--set", "backend.replicas=10", "--set", "backend.canary.discoveryMode=kubernetes-pods", "--set"];
        var ten = await RenderedChart.LocoAsync([.. values, "backend.canary.percent=10"]);
        var fifty = await RenderedChart.LocoAsync([.. values, "backend.canary.percent=50"]);
        Assert.All((string[])["loco-loco-backend", "loco-loco-backend-canary"], name => Assert.Equal(
            ten.Find("Deployment", name)["spec"]!["template"]!.ToJsonString(), fifty.Find("Deployment", name)["spec"]!["template"]!.ToJsonString()));
    }

    // As docs/kubernetes.md has it: with all backends in the canary there is nobody else to go back to at once, so the canary itself goes back.
    [Fact]
    public async Task With_all_backends_in_it_the_canary_goes_back_by_its_mode()
    {
        string[] values = ["--set", "backend.replicas=10", "--set", "backend.canary.percent=100", "--set", "backend.discoveryMode=kubernetes-pods", "--set"];
        var back = await RenderedChart.LocoAsync([.. values, "backend.canary.discoveryMode=kubernetes-pods"]);
        var canary = back.Find("Deployment", "loco-loco-backend-canary");
        Assert.Equal("kubernetes-pods", DiscoveryTests.Variables(canary["spec"]!["template"]!)["DISCOVERY_MODE"]);
        Assert.Equal(("10", "0"), (canary.Text("spec.replicas"), canary.Text("spec.strategy.rollingUpdate.maxUnavailable")));
    }
}
