using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rollcall.Charts.Tests.Rendering;
using Rollcall.Charts.Tests.Validation;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>What must hold of the chart's objects whatever the values.</summary>
public sealed partial class ObjectTests
{
    [Theory]
    [MemberData(nameof(ValuesMatrix.All), MemberType = typeof(ValuesMatrix))]
    public async Task Whatever_the_values_the_objects_are_right(string row)
    {
        var chart = await RenderedChart.LocoAsync(ValuesMatrix.Arguments(row));
        Assert.NotEmpty(chart.Objects);
        Assert.Empty(chart.Objects.SelectMany(KubernetesSchema.Current.Violations));
        NamesAreRight(chart);
        SelectorsFind(chart);
        PortsExist(chart);
        ReferencesExist(chart);
        PodsAreHardened(chart);
    }

    private static void NamesAreRight(RenderedChart chart)
    {
        Assert.All(chart.Objects, static item =>
        {
            Assert.Matches(Name(), item.Text("metadata.name")!);
            Assert.True(item.Text("metadata.name")!.Length <= 63, item.Text("metadata.name"));
            Assert.Equal(item.Text("kind")!.StartsWith("Cluster", StringComparison.Ordinal) ? null : "loco", item.Text("metadata.namespace"));
            Assert.All(item.Map("metadata.labels"), static label => Assert.Matches(LabelValue(), label.Value));
            Assert.Equal("lego-loco-cluster", item.Map("metadata.labels")["app.kubernetes.io/part-of"]);
        });
        var twice = chart.Objects.GroupBy(static item => (item.Text("kind"), item.Text("metadata.name"))).Where(static group => group.Count() > 1);
        Assert.Empty(twice);
        // Room for the hash the controller appends, and for the ordinals.
        Assert.All(chart.Of("StatefulSet"), static set => Assert.True(set.Text("metadata.name")!.Length <= 52));
    }

    private static void SelectorsFind(RenderedChart chart)
    {
        Assert.All(Workloads(chart), static item => Assert.True(item.Map("spec.selector.matchLabels").Selects(item.Map("spec.template.metadata.labels"))));
        // No two of them may take each other's pods.
        Assert.All(Workloads(chart), item => Assert.Single(Workloads(chart), other => item.Map("spec.selector.matchLabels").Selects(other.Map("spec.template.metadata.labels"))));
        string[] paths = ["spec.selector", "spec.selector.matchLabels", "spec.podSelector.matchLabels"];
        Assert.All(
            chart.Objects.Where(static item => item.Text("kind") is "Service" or "PodDisruptionBudget" or "NetworkPolicy"),
            item => Assert.Contains(Workloads(chart), workload => paths.Any(path => Strings(item, path).Selects(workload.Map("spec.template.metadata.labels")))));
    }

    private static void PortsExist(RenderedChart chart)
    {
        Assert.All(chart.Of("Service"), service => Assert.All(
            service.Items("spec.ports"),
            port => Assert.All(Selected(chart, Strings(service, "spec.selector")), pod => Assert.Contains(port.Text("targetPort"), PortsOf(pod)))));
        Assert.All(chart.Of("NetworkPolicy"), policy => Assert.All(
            policy.Items("spec.ingress").SelectMany(static rule => rule.Items("ports")),
            port => Assert.All(Selected(chart, policy.Map("spec.podSelector.matchLabels")), pod => Assert.Contains(port.Text("port"), PortsOf(pod)))));
        Assert.All(Workloads(chart).SelectMany(Containers), static container => Assert.All(
            (string[])["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Contains(container.Text($"{probe}.httpGet.port"), container.Items("ports").Select(static port => port.Text("name")))));
    }

    private static void ReferencesExist(RenderedChart chart)
    {
        foreach (var workload in Workloads(chart))
        {
            var pod = workload.At("spec.template.spec")!;
            var volumes = pod.Items("volumes").ToDictionary(static volume => volume.Text("name")!, StringComparer.Ordinal);
            Assert.Equal(volumes.Keys.Order(StringComparer.Ordinal), Containers(workload).SelectMany(static container => container.Items("volumeMounts")).Select(static mount => mount.Text("name")!).Order(StringComparer.Ordinal));
            Assert.All(volumes.Values.Select(static volume => volume.Text("configMap.name")).OfType<string>(), name => Assert.True(chart.Has("ConfigMap", name), name));
            if (pod.Text("serviceAccountName") is { } account && chart.Of("ServiceAccount").Any())
                Assert.True(chart.Has("ServiceAccount", account), account);
        }

        Assert.All(chart.Of("StatefulSet"), set => Assert.Equal("None", chart.Find("Service", set.Text("spec.serviceName")!).Text("spec.clusterIP")));
        Assert.All(chart.Of("RoleBinding").Concat(chart.Of("ClusterRoleBinding")), binding =>
        {
            Assert.True(chart.Has(binding.Text("roleRef.kind")!, binding.Text("roleRef.name")!));
            var account = Assert.Single(binding.Items("subjects"));
            Assert.All(Backends(chart), deployment => Assert.Equal(account.Text("name"), deployment.Text("spec.template.spec.serviceAccountName")));
        });
    }

    private static void PodsAreHardened(RenderedChart chart)
    {
        Assert.NotEmpty(Workloads(chart));
        foreach (var workload in Workloads(chart))
        {
            var pod = workload.At("spec.template.spec")!;
            Assert.True(pod.Is("securityContext.runAsNonRoot", true));
            Assert.Equal("RuntimeDefault", pod.Text("securityContext.seccompProfile.type"));
            Assert.False(pod.Is("hostNetwork", true));
            Assert.NotNull(pod["automountServiceAccountToken"]);
            Assert.All(Containers(workload), static container =>
            {
                Assert.True(container.Is("securityContext.readOnlyRootFilesystem", true));
                Assert.True(container.Is("securityContext.allowPrivilegeEscalation", false));
                Assert.Equal(["ALL"], container.Texts("securityContext.capabilities.drop"));
                Assert.All((string[])["resources.requests.cpu", "resources.requests.memory", "resources.limits.memory"], path => Assert.NotNull(container.At(path)));
                Assert.Contains("/tmp", container.Items("volumeMounts").Select(static mount => mount.Text("mountPath")));
            });
            // What may be written is bounded, or it would fill the machine's disk.
            Assert.All(pod.Items("volumes").Where(static volume => volume.At("emptyDir") is not null), static volume => Assert.NotNull(volume.At("emptyDir.sizeLimit")));
        }
    }

    private static IReadOnlyList<JsonObject> Workloads(RenderedChart chart) => [.. chart.Of("Deployment"), .. chart.Of("StatefulSet")];

    private static IEnumerable<JsonObject> Backends(RenderedChart chart) => chart.Of("Deployment").Where(static item => item.Map("metadata.labels")["app.kubernetes.io/component"] == "backend");

    private static IReadOnlyList<JsonObject> Containers(JsonObject workload) => workload.Items("spec.template.spec.containers");

    private static IEnumerable<JsonObject> Selected(RenderedChart chart, IReadOnlyDictionary<string, string> selector) =>
        Workloads(chart).Where(workload => selector.Selects(workload.Map("spec.template.metadata.labels")));

    private static IEnumerable<string?> PortsOf(JsonObject workload) =>
        Containers(workload).SelectMany(static container => container.Items("ports")).SelectMany(static port => new[] { port.Text("name"), port.Text("containerPort") });

    // Empty where it is another kind of selector.
    private static IReadOnlyDictionary<string, string> Strings(JsonObject item, string path) =>
        item.At(path) is JsonObject map && map.All(static entry => entry.Value is JsonValue) ? item.Map(path) : new Dictionary<string, string>(StringComparer.Ordinal);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValue();
}
