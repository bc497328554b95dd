using System.Collections.Immutable;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>Turns what the cluster says into endpoints of one target.</summary>
internal sealed class EndpointMapper(string @namespace, string service, string domain, WantedPort? wanted, KubernetesFamily family)
{
    private const string Terminating = "it is terminating";
    private const string NotServing = "it is terminating and no longer serves";
    private const string NotReady = "the cluster says it is not ready: it is booting, or its readiness probe fails";

    /// <summary>The endpoints of a slice.</summary>
    public MappedObject Map(EndpointSliceObject slice)
    {
        var ports = MappedPorts.Create(slice.Ports, wanted, anyNumber: false);
        if (!ports.HasWanted)
            return new MappedObject([], slice.Endpoints.IsEmpty ? null : ports.Names);
        var copies = new List<EndpointCopy>(slice.Endpoints.Length);
        foreach (var endpoint in slice.Endpoints)
        {
            if (endpoint.Address.Length == 0)
                continue;
            var (state, reason) = endpoint switch
            {
                { Ready: true } => (EndpointState.Ready, null),
                { Serving: true, Terminating: true } => (EndpointState.Draining, Terminating),
                { Terminating: true } => (EndpointState.NotReady, NotServing),
                _ => (EndpointState.NotReady, NotReady),
            };
            var metadata = Metadata(endpoint.Target, endpoint.Hostname, ports);
            if (!endpoint.ForZones.IsEmpty)
                metadata.Add(new(EndpointMetadata.HintZones, string.Join(',', endpoint.ForZones)));
            copies.Add(Copy(endpoint.Target, endpoint.Address, slice.Meta.Age, new Endpoint(IdOf(endpoint.Target, endpoint.Address), endpoint.Address, ports.Ports)
            {
                State = state,
                Reason = reason,
                Zone = endpoint.Zone,
                Node = endpoint.NodeName,
                Metadata = new SmallMap<string>(metadata),
            }));
        }

        return new MappedObject(copies);
    }

    /// <summary>The endpoints of the older list.</summary>
    public MappedObject Map(EndpointsObject endpoints)
    {
        var copies = new List<EndpointCopy>();
        var missing = new List<string>();
        foreach (var subset in endpoints.Subsets)
        {
            var ports = MappedPorts.Create(subset.Ports, wanted, anyNumber: false);
            if (!ports.HasWanted)
            {
                missing.AddRange(ports.Names);
                continue;
            }

            copies.AddRange(subset.Ready.Where(HasAddress).Select(address => Copy(address, endpoints.Meta.Age, ports, EndpointState.Ready, null)));
            copies.AddRange(subset.NotReady.Where(HasAddress).Select(address => Copy(address, endpoints.Meta.Age, ports, EndpointState.NotReady, NotReady)));
        }

        return new MappedObject(copies, missing.Count > 0 && copies.Count == 0 ? missing : null, endpoints.Meta.Truncated);
    }

    /// <summary>A pod as an endpoint.</summary>
    /// <param name="pod">The pod; no endpoint when it has ended or has no address yet.</param>
    /// <param name="of">The service it was chosen for; null when a selector chose it.</param>
    public MappedObject Map(PodObject pod, ServiceObject? of)
    {
        if (pod.Status.HasEnded || pod.Status.Addresses.IsEmpty)
            return new MappedObject([]);
        var ports = MappedPorts.Create(of is null || of.Ports.IsEmpty ? pod.Spec.Ports : ServicePorts(of, pod), wanted, anyNumber: of is null || of.Ports.IsEmpty);
        if (!ports.HasWanted)
            return new MappedObject([], ports.Names);
        var address = pod.Status.Addresses.FirstOrDefault(IsPreferred, pod.Status.Addresses[0]);
        var (state, reason) = (pod.Status.Ready || of is { PublishNotReady: true }, pod.Meta.Deleted && of is not { PublishNotReady: true }) switch
        {
            (true, false) => (EndpointState.Ready, null),
            (true, true) => (EndpointState.Draining, Terminating),
            (false, true) => (EndpointState.NotReady, NotServing),
            _ => (EndpointState.NotReady, $"the pod is {pod.Status.Phase}{(pod.Status.Reason is { } why ? $" ({why})" : "")}"),
        };
        var target = new TargetRef("Pod", pod.Name, @namespace, pod.Uid);
        return new MappedObject(
        [
            new EndpointCopy(
                new Endpoint(pod.Name, address, ports.Ports)
                {
                    State = state,
                    Reason = reason,
                    Zone = NodeObject.ZoneOf(pod.Meta.Labels),
                    Node = pod.Spec.NodeName,
                    Metadata = new SmallMap<string>(Metadata(target, pod.Spec.Hostname, ports)),
                },
                pod.Meta.Age,
                IsPreferred: true,
                HasIdentity: true),
        ]);
    }

    private static bool HasAddress(SubsetAddress address) => address.Ip.Length > 0;

    private static string IdOf(TargetRef? target, string address) => target is { Kind: "Pod" } ? target.Name : address;

    // A service names its own ports and says which of the container's is behind each, by name or number; without that the number is the same.
    private static ImmutableArray<ObjectPort> ServicePorts(ServiceObject service, PodObject pod)
    {
        var ports = ImmutableArray.CreateBuilder<ObjectPort>();
        foreach (var port in service.Ports)
        {
            var number = port.TargetName is { } name
                ? pod.Spec.Ports.FirstOrDefault(candidate => candidate.Name == name)?.Number ?? 0
                : port.TargetNumber ?? port.Number;
            if (number > 0)
                ports.Add(port with { Number = number });
        }

        return ports.ToImmutable();
    }

    private EndpointCopy Copy(SubsetAddress address, ulong age, MappedPorts ports, EndpointState state, string? reason) =>
        Copy(address.Target, address.Ip, age, new Endpoint(IdOf(address.Target, address.Ip), address.Ip, ports.Ports)
        {
            State = state,
            Reason = reason,
            Node = address.NodeName,
            Metadata = new SmallMap<string>(Metadata(address.Target, address.Hostname, ports)),
        });

    private EndpointCopy Copy(TargetRef? target, string address, ulong age, Endpoint endpoint) =>
        new(endpoint, age, IsPreferred(address), HasIdentity: target is { Kind: "Pod" });

    // Names (slices of type FQDN) have no family and are as good as any.
    private bool IsPreferred(string address) => address.Contains(':', StringComparison.Ordinal)
        ? family == KubernetesFamily.IPv6
        : family == KubernetesFamily.IPv4 || !char.IsAsciiDigit(address[^1]);

    private List<KeyValuePair<string, string>> Metadata(TargetRef? target, string? hostname, MappedPorts ports)
    {
        var metadata = new List<KeyValuePair<string, string>>(8 + ports.Metadata.Length) { new(EndpointMetadata.Namespace, @namespace) };
        metadata.AddRange(ports.Metadata);
        var pod = target is { Kind: "Pod" } ? target.Name : null;
        var host = string.IsNullOrEmpty(hostname) ? pod : hostname;
        if (host is not null)
            metadata.Add(new(EndpointMetadata.Dns, $"{host}.{service}.{@namespace}.svc.{domain}"));
        if (target is not null)
            metadata.Add(new(EndpointMetadata.Target, $"{target.Kind}/{(target.Namespace.Length > 0 ? target.Namespace : @namespace)}/{target.Name}"));
        if (pod is not null)
        {
            metadata.Add(new(EndpointMetadata.Pod, pod));
            if (target!.Uid.Length > 0)
                metadata.Add(new(EndpointMetadata.PodUid, target.Uid));
            if (StatefulOrdinal.Of(pod, hostname) is { } ordinal)
                metadata.Add(new(EndpointMetadata.Instance, ordinal));
        }

        return metadata;
    }
}
