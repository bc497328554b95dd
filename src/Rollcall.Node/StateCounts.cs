using System.Runtime.InteropServices;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node;

/// <summary>How many instances of a service are in which state.</summary>
/// <param name="Ready">Ready.</param>
/// <param name="NotReady">Not ready.</param>
/// <param name="Draining">Draining.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StateCounts(int Ready, int NotReady, int Draining)
{
    /// <summary>Counts.</summary>
    public static StateCounts Of(ServiceSnapshot service)
    {
        int ready = 0, draining = 0;
        foreach (var instance in service.Instances)
        {
            ready += instance.State == EndpointState.Ready ? 1 : 0;
            draining += instance.State == EndpointState.Draining ? 1 : 0;
        }

        return new StateCounts(ready, service.Instances.Length - ready - draining, draining);
    }
}
