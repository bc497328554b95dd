using Rollcall.Charts.Tests.Rendering;
using Rollcall.Node.Configuration;
using Rollcall.Sources;
using Rollcall.TestKit;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>The files that the chart mounts are read by the node that they are for.</summary>
public sealed class NodeFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-chart-");

    [Theory]
    [InlineData("kubernetes-endpoints")]
    [InlineData("kubernetes-endpointslices")]
    [InlineData("kubernetes-pods")]
    [InlineData("static")]
    public async Task The_configuration_is_understood(string mode)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.discoveryMode={mode}", "--set", "backend.config={watch: {maxWait: 1h}}");
        var options = NodeConfiguration.Load(Write(chart, "loco-loco-backend-stable", "node.yaml"));
        var import = Assert.Single(options.Imports);
        Assert.Equal(("loco-loco-emulator", "/etc/loco/instances.yaml", "/etc/loco/metadata.yaml"), (import.Service, import.Fallback, import.Metadata));
        Assert.Equal(DiscoveryTests.Import(chart, "loco-loco-emulator")["target"], import.Target);
        Assert.Equal(TimeSpan.FromHours(1), options.MaxWait);
    }

    [Fact]
    public async Task The_fallback_is_a_file_of_endpoints()
    {
        var chart = await RenderedChart.LocoAsync("--set", "emulator.replicas=12");
        var source = new FileSource();
        var set = await Eventually.Within(source.DiscoverAsync(ServiceTarget.Parse($"file://{Write(chart, "loco-loco-metadata", "instances.yaml")}"), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(12, set.Endpoints.Length);
        Assert.All(set.Endpoints, static endpoint => Assert.Equal(
            ($"{endpoint.Id}.loco-loco-emulator.loco.svc.cluster.local", 5901, 8080), (endpoint.Host, endpoint.Ports["vnc"], endpoint.Ports["health"])));
        // Names for people go by these.
        Assert.Contains(set.Endpoints, static endpoint => endpoint.Id == "loco-loco-emulator-11" && endpoint.Metadata["instance"] == "11" && endpoint.Metadata["pod"] == endpoint.Id);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(RenderedChart chart, string map, string name)
    {
        var file = Path.Combine(_directory.FullName, name);
        File.WriteAllText(file, chart.Find("ConfigMap", map)["data"]![name]!.ToString());
        return file;
    }
}
