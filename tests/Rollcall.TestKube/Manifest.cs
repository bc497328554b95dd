using System.Text.Json.Nodes;

namespace Rollcall.TestKube;

/// <summary>Documents of the objects that discovery reads, with what they need and no more; tests add what they are about.</summary>
public static class Manifest
{
    public static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } },
        ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
        ["status"] = new JsonObject { ["phase"] = "Active" },
    };

    /// <summary>A node that is ready, with the zone in its labels when given.</summary>
    public static JsonObject Node(string name, string? zone = null, string address = "192.168.0.1")
    {
        var labels = new JsonObject { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux" };
        if (zone is not null)
            labels["topology.kubernetes.io/zone"] = zone;
        return new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels },
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray(NodeAddress("InternalIP", address), NodeAddress("Hostname", name)),
                ["conditions"] = new JsonArray(Condition("Ready", true)),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } },
                ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = "v1.32.0" },
            },
        };
    }

    /// <summary>A service that selects the pods labelled <c>app=NAME</c>. Headless with <paramref name="clusterIp"/> <c>None</c>.</summary>
    public static JsonObject Service(string @namespace, string name, string clusterIp, params IEnumerable<(string Name, int Port)> ports) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = Metadata(@namespace, name, new() { ["app"] = name }),
        ["spec"] = new JsonObject
        {
            ["clusterIP"] = clusterIp,
            ["clusterIPs"] = new JsonArray(clusterIp),
            ["type"] = "ClusterIP",
            ["sessionAffinity"] = "None",
            ["ipFamilies"] = new JsonArray("IPv4"),
            ["ipFamilyPolicy"] = "SingleStack",
            ["internalTrafficPolicy"] = "Cluster",
            ["selector"] = new JsonObject { ["app"] = name },
            ["ports"] = new JsonArray([.. ports.Select(static port => (JsonNode)new JsonObject
            {
                ["name"] = port.Name, ["protocol"] = "TCP", ["port"] = port.Port, ["targetPort"] = port.Port,
            })]),
        },
        ["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() },
    };

    /// <inheritdoc cref="Service(string, string, string, IEnumerable{ValueTuple{string, int}})" />
    public static JsonObject Service(string @namespace, string name, params IEnumerable<(string Name, int Port)> ports) => Service(@namespace, name, "10.96.0.10", ports);

    /// <summary>A slice of a service, as the endpoint slice controller writes it.</summary>
    /// <param name="addressType"><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</param>
    public static JsonObject Slice(
        string @namespace, string service, string name, IEnumerable<(string Name, int Port)> ports, IEnumerable<JsonObject> endpoints, string addressType = "IPv4") => new()
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = Metadata(@namespace, name, new()
            {
                ["kubernetes.io/service-name"] = service,
                ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
            }),
            ["addressType"] = addressType,
            ["ports"] = new JsonArray([.. ports.Select(static port => (JsonNode)new JsonObject { ["name"] = port.Name, ["protocol"] = "TCP", ["port"] = port.Port })]),
            ["endpoints"] = new JsonArray([.. endpoints]),
        };

    /// <summary>One endpoint of a slice.</summary>
    public static JsonObject SliceEndpoint(
        string address, bool ready = true, bool? serving = null, bool terminating = false, string? zone = null, string? node = null, string? pod = null, string @namespace = "shop")
    {
        var json = new JsonObject
        {
            ["addresses"] = new JsonArray(address),
            ["conditions"] = new JsonObject { ["ready"] = ready, ["serving"] = serving ?? ready, ["terminating"] = terminating },
        };
        if (node is not null)
            json["nodeName"] = node;
        if (zone is not null)
            json["zone"] = zone;
        if (pod is not null)
            json["targetRef"] = PodReference(@namespace, pod);
        return json;
    }

    /// <summary>The endpoints of a service in the old form, one subset.</summary>
    public static JsonObject Endpoints(
        string @namespace, string name, IEnumerable<(string Name, int Port)> ports, IEnumerable<JsonObject> addresses, IEnumerable<JsonObject>? notReady = null)
    {
        var subset = new JsonObject();
        if (addresses.ToArray() is { Length: > 0 } ready)
            subset["addresses"] = new JsonArray([.. ready]);
        if (notReady?.ToArray() is { Length: > 0 } waiting)
            subset["notReadyAddresses"] = new JsonArray([.. waiting]);
        subset["ports"] = new JsonArray([.. ports.Select(static port => (JsonNode)new JsonObject { ["name"] = port.Name, ["port"] = port.Port, ["protocol"] = "TCP" })]);
        return new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Endpoints",
            ["metadata"] = Metadata(@namespace, name, new() { ["app"] = name }),
            ["subsets"] = new JsonArray(subset),
        };
    }

    /// <summary>One address of <see cref="Endpoints"/>.</summary>
    public static JsonObject Address(string address, string? pod = null, string? node = null, string @namespace = "shop")
    {
        var json = new JsonObject { ["ip"] = address };
        if (node is not null)
            json["nodeName"] = node;
        if (pod is not null)
            json["targetRef"] = PodReference(@namespace, pod);
        return json;
    }

    /// <summary>A running pod.</summary>
    public static JsonObject Pod(string @namespace, string name, string ip, string app, bool ready = true, string node = "node-1", params IEnumerable<(string Name, int Port)> ports) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = Metadata(@namespace, name, new() { ["app"] = app }),
        ["spec"] = new JsonObject { ["nodeName"] = node, ["restartPolicy"] = "Always", ["containers"] = new JsonArray(Container(app, ports)) },
        ["status"] = new JsonObject
        {
            ["phase"] = "Running",
            ["podIP"] = ip,
            ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip }),
            ["hostIP"] = "192.168.0.1",
            ["startTime"] = "2026-01-01T00:00:00Z",
            ["conditions"] = new JsonArray(Condition("Ready", ready)),
        },
    };

    /// <summary>A stateful set behind the headless service of its name. Without controllers (<see cref="KubeServerOptions.Controllers"/>) no pods come of it.</summary>
    public static JsonObject StatefulSet(string @namespace, string name, int replicas, params IEnumerable<(string Name, int Port)> ports) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "StatefulSet",
        ["metadata"] = Metadata(@namespace, name, new() { ["app"] = name }),
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["serviceName"] = name,
            ["podManagementPolicy"] = "OrderedReady",
            ["updateStrategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["partition"] = 0 } },
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["restartPolicy"] = "Always", ["terminationGracePeriodSeconds"] = 30, ["containers"] = new JsonArray(Container(name, ports)) },
            },
        },
        ["status"] = new JsonObject { ["replicas"] = 0 },
    };

    /// <summary>What an endpoint says it belongs to.</summary>
    public static JsonObject PodReference(string @namespace, string pod) => new() { ["kind"] = "Pod", ["namespace"] = @namespace, ["name"] = pod };

    internal static JsonObject Condition(string type, bool isTrue) => new() { ["type"] = type, ["status"] = isTrue ? "True" : "False" };

    internal static JsonObject Metadata(string @namespace, string name, JsonObject labels) => new() { ["name"] = name, ["namespace"] = @namespace, ["labels"] = labels };

    private static JsonObject Container(string app, IEnumerable<(string Name, int Port)> ports) => new()
    {
        ["name"] = app,
        ["image"] = $"example.invalid/{app}:1",
        ["ports"] = new JsonArray([.. ports.Select(static port => (JsonNode)new JsonObject { ["name"] = port.Name, ["containerPort"] = port.Port, ["protocol"] = "TCP" })]),
    };

    private static JsonObject NodeAddress(string type, string address) => new() { ["type"] = type, ["address"] = address };
}
