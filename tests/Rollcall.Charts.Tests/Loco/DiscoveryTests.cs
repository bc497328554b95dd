using System.Text.Json.Nodes;
using Rollcall.Charts.Tests.Rendering;
using YamlDotNet.Serialization;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>What a backend is told of where emulators are found.</summary>
public sealed class DiscoveryTests
{
    [Theory]
    [InlineData("kubernetes-endpoints", "k8s:///loco/loco-loco-emulator?mode=endpoints")]
    [InlineData("kubernetes-endpointslices", "k8s:///loco/loco-loco-emulator")]
    [InlineData("kubernetes-pods", "k8s:///loco/loco-loco-emulator?mode=pods")]
    [InlineData("static", "file:///etc/loco/instances.yaml")]
    public async Task The_mode_is_in_the_environment_and_in_the_configuration(string mode, string target)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.discoveryMode={mode}");
        var variables = Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!);
        Assert.Equal((mode, "loco-loco-emulator", "metadata.namespace"), (variables["DISCOVERY_MODE"], variables["EMULATOR_SERVICE_NAME"], variables["POD_NAMESPACE"]));
        var import = Import(chart, "loco-loco-emulator");
        Assert.Equal((target, "/etc/loco/instances.yaml", "/etc/loco/metadata.yaml"), (import["target"], import["fallback"], import["metadata"]));
    }

    [Theory]
    [InlineData("kubernetes-endpoints", "true", "kubernetes-endpointslices")]
    [InlineData("kubernetes-endpoints", "false", "kubernetes-endpoints")]
    [InlineData("kubernetes-pods", "true", "kubernetes-pods")]
    [InlineData("static", "true", "static")]
    public async Task UseEndpointSlices_is_the_older_way_to_say_it(string mode, string slices, string expected)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.discoveryMode={mode}", "--set", $"backend.serviceDiscovery.useEndpointSlices={slices}");
        Assert.Equal(expected, Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!)["DISCOVERY_MODE"]);
    }

    [Fact]
    public async Task Another_service_can_be_shown()
    {
        var chart = await RenderedChart.LocoAsync("--set", "backend.serviceDiscovery.serviceName=others");
        Assert.Equal("others", Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!)["EMULATOR_SERVICE_NAME"]);
        Assert.Equal("k8s:///loco/others", Import(chart, "others")["target"]);
    }

    [Theory]
    [InlineData("15000", "15000")]
    [InlineData("3600000", "3600000")] // and not 3.6e+06
    public async Task How_often_health_is_asked_is_in_the_environment(string value, string expected)
    {
        var chart = await RenderedChart.LocoAsync("--set", $"backend.serviceDiscovery.healthCheckInterval={value}");
        Assert.Equal(expected, Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!)["HEALTH_CHECK_INTERVAL"]);
    }

    [Fact]
    public async Task Minikube_begins_with_endpoints()
    {
        var chart = await RenderedChart.LocoAsync("--values", Path.Combine(Repository.LocoChart, "values-minikube.yaml"));
        Assert.Equal("kubernetes-endpoints", Variables(chart.Find("Deployment", "loco-loco-backend")["spec"]!["template"]!)["DISCOVERY_MODE"]);
    }

    [Fact]
    public async Task Pods_that_are_not_ready_are_not_published() =>
        Assert.True((await RenderedChart.LocoAsync()).Find("Service", "loco-loco-emulator").Is("spec.publishNotReadyAddresses", false));

    [Fact]
    public async Task The_fallback_has_the_names_of_all_emulators_and_no_address()
    {
        var chart = await RenderedChart.LocoAsync("--set", "emulator.replicas=3");
        var instances = Yaml<List<Dictionary<string, object>>>(chart.Find("ConfigMap", "loco-loco-metadata")["data"]!["instances.yaml"]!.ToString());
        Assert.Equal(
            ["loco-loco-emulator-0", "loco-loco-emulator-1", "loco-loco-emulator-2"],
            instances.Select(static instance => (string)instance["id"]));
        Assert.Equal("loco-loco-emulator-2.loco-loco-emulator.loco.svc.cluster.local", instances[2]["host"]);
    }

    [Fact]
    public async Task Metadata_are_what_the_values_say()
    {
        var chart = await RenderedChart.LocoAsync("--set", "metadata.slots=3", "--set", "metadata.instances=[{label: tier=gold, icon: star}, {ordinal: 1, name: Host, order: 7}]");
        var said = Yaml<Dictionary<string, object>>(chart.Find("ConfigMap", "loco-loco-metadata")["data"]!["metadata.yaml"]!.ToString());
        Assert.Equal("""Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}""", said["template"]);
        Assert.Equal(
            ["icon=star label=tier=gold", "name=Host order=7 ordinal=1", "icon=windows98 order=0 ordinal=0", "icon=windows98 order=2 ordinal=2"],
            ((List<object>)said["instances"]).Cast<Dictionary<object, object>>().Select(static entry => string.Join(' ', entry.Select(static item => $"{item.Key}={item.Value}").Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task Another_configuration_is_another_pod()
    {
        var one = await RenderedChart.LocoAsync();
        var other = await RenderedChart.LocoAsync("--set", "backend.config={history: {age: 1h}}");
        Assert.NotEqual(Checksum(one), Checksum(other));
        Assert.Contains("age: 1h", other.Find("ConfigMap", "loco-loco-backend-stable")["data"]!["node.yaml"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("k8s:///loco/loco-loco-emulator", Import(other, "loco-loco-emulator")["target"]);
    }

    [Fact]
    public async Task The_chart_of_another_version_starts_no_pod_anew()
    {
        var labels = (await RenderedChart.LocoAsync()).Find("StatefulSet", "loco-loco-emulator").Map("spec.template.metadata.labels");
        Assert.DoesNotContain("helm.sh/chart", labels.Keys);
        Assert.DoesNotContain("app.kubernetes.io/version", labels.Keys);
        Assert.Equal("emulator", labels["app.kubernetes.io/component"]);
    }

    /// <summary>The environment of a pod's first container: values, or where they come from.</summary>
    internal static Dictionary<string, string> Variables(JsonNode template) => template.Items("spec.containers.0.env")
        .ToDictionary(static variable => variable.Text("name")!, static variable => variable.Text("value") ?? variable.Text("valueFrom.fieldRef.fieldPath")!, StringComparer.Ordinal);

    /// <summary>What the configuration says of an import.</summary>
    internal static Dictionary<string, string> Import(RenderedChart chart, string service, string track = "stable") =>
        Yaml<Dictionary<string, object>>(chart.Find("ConfigMap", $"loco-loco-backend-{track}")["data"]!["node.yaml"]!.ToString())["imports"] is Dictionary<object, object> imports
        && imports[service] is Dictionary<object, object> import
            ? import.ToDictionary(static item => (string)item.Key, static item => (string)item.Value, StringComparer.Ordinal)
            : throw new InvalidOperationException($"{service} is not imported.");

    private static T Yaml<T>(string text) => new DeserializerBuilder().Build().Deserialize<T>(text);

    private static string Checksum(RenderedChart chart) => chart.Find("Deployment", "loco-loco-backend").At("spec.template.metadata.annotations")!["checksum/config"]!.ToString();
}
