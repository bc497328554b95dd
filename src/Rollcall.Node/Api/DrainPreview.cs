using System.Globalization;
using Rollcall.Api;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Api;

/// <summary>What a drain would leave of a service.</summary>
internal static class DrainPreview
{
    /// <summary>Worked out from the state now; null when there is no such instance.</summary>
    public static DrainPreviewDocument? Of(ServiceSnapshot service, InstanceKey key, IReadOnlyList<WatcherInfo> watchers, int floor)
    {
        var instance = service.Instances.FirstOrDefault(instance => instance.Key == key);
        if (instance is null)
            return null;
        var before = service.Instances.Count(IsReady);
        var staying = service.Instances.Where(other => IsReady(other) && other.Key != key).ToArray();
        var zone = instance.Registration.Zone;
        string[] emptyZones = zone is not null && IsReady(instance) && !staying.Any(other => other.Registration.Zone == zone) ? [zone] : [];
        string[] callers = [.. watchers.Where(static watcher => watcher.Kind == WatcherKind.Poll).Select(static watcher => watcher.Id)];
        return new DrainPreviewDocument
        {
            Service = key.Service,
            Id = key.Id,
            Before = new ReadyCountDocument { Ready = before },
            After = new ReadyCountDocument { Ready = staying.Length },
            Callers = callers,
            EmptyZones = emptyZones,
            Floor = floor,
            Allowed = instance.Origin is null && (!IsReady(instance) || staying.Length >= floor),
            Message = instance.Origin is { } origin ? $"{key.Id} is imported from {origin}, and can only be drained there" : string.Join(", ", (string[])
            [
                string.Create(CultureInfo.InvariantCulture, $"{key.Service} {before} → {staying.Length} ready"),
                string.Create(CultureInfo.InvariantCulture, $"{callers.Length} {(callers.Length == 1 ? "caller" : "callers")}"),
                .. emptyZones.Select(static empty => $"zone {empty} empty"),
            ]),
        };
    }

    private static bool IsReady(Instance instance) => instance.State == EndpointState.Ready;
}
