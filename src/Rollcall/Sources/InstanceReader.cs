using System.Collections.Immutable;
using Rollcall.Api;

namespace Rollcall.Sources;

/// <summary>Turns a node's answer into endpoints, trusting nothing in it.</summary>
internal static class InstanceReader
{
    private const string WhatToDo = "Is it a Rollcall node, and of a version that fits?";

    /// <exception cref="DiscoveryException">The answer breaks the API's rules.</exception>
    public static ImmutableArray<Endpoint> Read(ServiceDocument service)
    {
        // A required field may still be null on the wire.
        if (service.Instances is null || service.Instances.Any(static instance => instance is null))
            throw new DiscoveryException($"The node's answer makes no sense: '{service.Service}' has no list of instances. {WhatToDo}");
        return [.. service.Instances.Select(instance => Read(service.Service, instance))];
    }

    /// <summary>One instance of it.</summary>
    /// <exception cref="DiscoveryException">It breaks the rules of the API.</exception>
    public static Endpoint Read(string service, InstanceDocument instance)
    {
        if (string.IsNullOrEmpty(instance.Id) || string.IsNullOrEmpty(instance.Address))
            throw Wrong(service, instance, "has no id or no address");
        if (instance.Ports is not { Count: > 0 })
            throw Wrong(service, instance, "has no port");
        foreach (var (name, port) in instance.Ports)
        {
            if (port is < 1 or > 65535)
                throw Wrong(service, instance, $"has the port {name} = {port}, which is none");
        }

        return new Endpoint(instance.Id, instance.Address, new SmallMap<int>(instance.Ports))
        {
            State = StateText.Parse(instance.State),
            Reason = instance.Reason,
            Weight = Math.Clamp(instance.Weight, 0, 100),
            Zone = instance.Zone,
            Node = instance.Node,
            Metadata = instance.Metadata is { Count: > 0 } metadata
                ? new SmallMap<string>(metadata.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value ?? "")))
                : SmallMap<string>.Empty,
            Since = instance.Since,
        };
    }

    private static DiscoveryException Wrong(string service, InstanceDocument instance, string problem) =>
        new($"The node's answer makes no sense: the instance '{instance.Id}' of '{service}' {problem}. {WhatToDo}");
}
