namespace Rollcall.Charts.Tests.Loco;

/// <summary>Values that the chart must make right objects of: each choice by itself, and those together that touch.</summary>
internal static class ValuesMatrix
{
    private static readonly string[] Modes = ["kubernetes-endpoints", "kubernetes-endpointslices", "kubernetes-pods", "static"];

    private static readonly string[][] Others =
    [
        ["--values", Path.Combine(Rendering.Repository.LocoChart, "values-minikube.yaml")],
        ["--set", "networkPolicy.enabled=false"],
        ["--set", "networkPolicy.backendFrom=[{namespaceSelector: {}}]", "--set", "networkPolicy.emulatorFrom=[{ipBlock: {cidr: 10.0.0.0/8}}]", "--set", "networkPolicy.emulatorEgress=[{}]"],
        ["--set", "serviceAccount.create=false"],
        ["--set", "serviceAccount.name=mine", "--set", "serviceAccount.annotations={team: games}"],
        ["--set", "rbac.create=false"],
        ["--set", "emulator.podDisruptionBudget.enabled=false", "--set", "backend.podDisruptionBudget.enabled=false"],
        ["--set", "emulator.podDisruptionBudget.maxUnavailable=20%"],
        ["--set", "backend.topology.readNode=true"],
        ["--set", "emulator.replicas=9", "--set", "backend.replicas=3", "--set", "emulator.podManagementPolicy=OrderedReady"],
        ["--set", "emulator.replicas=0", "--set", "backend.replicas=0"],
        ["--set", "fullnameOverride=a-name-that-is-much-too-long-for-the-labels-of-kubernetes"],
        ["--release", "r", "--set", "nameOverride=games"],
        ["--set", "imagePullSecrets=[{name: registry}]", "--set", "emulator.image.tag='1.0'", "--set", "backend.image.repository=registry.example/rollcall"],
        ["--set", "emulator.args=[--boot, 3s]", "--set", "emulator.env=[{name: A, value: b}]", "--set", "backend.env=[{name: A, value: b}]"],
        ["--set", "emulator.nodeSelector={disk: fast}", "--set", "backend.tolerations=[{key: a, operator: Exists}]", "--set", "backend.affinity={podAntiAffinity: {}}"],
        ["--set", "backend.topologySpreadConstraints=[{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]", "--set", "emulator.podLabels={tier: games}"],
        ["--set", "emulator.podAnnotations={a: b}", "--set", "backend.podAnnotations={a: b}", "--set", "backend.service.annotations={a: b}", "--set", "backend.service.type=NodePort"],
        ["--set", "emulator.ports={vnc: 5999, health: 8999}", "--set", "backend.port=7000", "--set", "backend.service.port=80", "--set", "backend.listenAddress='[::]'"],
        ["--set", "metadata.instances=[{ordinal: 0, name: First, order: 1}, {label: tier=games, icon: joystick}]"],
        ["--set", "backend.config={history: {age: 1h}}"],
        ["--set", "viewer.enabled=true"],
        ["--set", "viewer.enabled=true", "--set", "networkPolicy.backendFrom=[{namespaceSelector: {}}]", "--set", "viewer.podDisruptionBudget.enabled=false", "--set", "viewer.allowedOrigins=[https://a.example]"],
        ["--set", "viewer.enabled=true", "--set", "viewer.port=7999", "--set", "viewer.listenAddress='[::]'", "--set", "viewer.service={type: NodePort, port: 80, annotations: {a: b}}", "--set", "viewer.podAnnotations={a: b}", "--set", "viewer.podLabels={tier: games}"],
        ["--set", "viewer.enabled=true", "--set", "backend.discoveryMode=static", "--set", "backend.replicas=10", "--set", "backend.canary.percent=50", "--set", "viewer.nodeSelector={disk: fast}", "--set", "viewer.env=[{name: A, value: b}]"],
        ["--set", "viewer.enabled=true", "--set", "fullnameOverride=a-name-that-is-much-too-long-for-the-labels-of-kubernetes", "--set", "imagePullSecrets=[{name: registry}]"],
    ];

    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (var values in Combinations())
            data.Add(string.Join('\n', values));
        return data;
    }

    /// <summary>The arguments that a row of <see cref="All"/> stands for.</summary>
    public static string[] Arguments(string row) => row.Length == 0 ? [] : row.Split('\n');

    private static IEnumerable<string[]> Combinations()
    {
        yield return [];
        foreach (var values in Others)
            yield return values;
        foreach (var mode in Modes)
        {
            yield return ["--set", $"backend.discoveryMode={mode}"];
            yield return ["--set", $"backend.discoveryMode={mode}", "--set", "backend.serviceDiscovery.useEndpointSlices=true"];
            foreach (var canary in Modes)
            {
                foreach (var percent in (string[])["10", "50", "100"])
                    yield return ["--set", $"backend.discoveryMode={mode}", "--set", "backend.replicas=10", "--set", $"backend.canary.percent={percent}", "--set", $"backend.canary.discoveryMode={canary}"];
            }
        }
    }
}
