using System.Collections.Immutable;
using Rollcall.Registry;

namespace Rollcall.Node.Rendering;

/// <summary>Which instances of a service a query wants.</summary>
internal sealed record InstanceFilter
{
    /// <summary>Only those that are ready.</summary>
    public bool ReadyOnly { get; init; }

    /// <summary>Only those of this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Only those with all of these labels.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>True when the instance is wanted.</summary>
    public bool Accepts(Instance instance)
    {
        if (ReadyOnly && instance.State != EndpointState.Ready)
            return false;
        if (Zone is not null && !string.Equals(instance.Registration.Zone, Zone, StringComparison.Ordinal))
            return false;
        foreach (var (key, wanted) in Labels)
        {
            if (!instance.Registration.Metadata.TryGetValue(key, out var value) || !string.Equals(value, wanted, StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
