using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>
/// Which endpoints are of the own zone: those that the cluster's hints give it where there are hints, else those that run in it. Where that is preferred, the others
/// form the second failover group.
/// </summary>
/// <param name="own">Null when it is not known: then nothing is preferred.</param>
/// <param name="prefer">Whether own endpoints come first.</param>
/// <param name="target">For the log.</param>
/// <param name="logger">Hears of each decision once.</param>
internal sealed partial class ZonePreference(string? own, bool prefer, ServiceTarget target, ILogger logger)
{
    private string? _said;

    /// <summary>The endpoint in its failover group.</summary>
    public Endpoint Apply(Endpoint endpoint) => prefer && own is not null && !IsOwn(endpoint) ? endpoint with { Priority = 1 } : endpoint;

    /// <summary>Logs what the zones of these endpoints mean, when that is something else than before.</summary>
    public void Report(ImmutableArray<Endpoint> endpoints)
    {
        if (own is null || endpoints.IsEmpty)
            return;
        var (any, hinted, local) = (false, false, false);
        foreach (var endpoint in endpoints)
        {
            any |= endpoint.Zone is not null;
            hinted |= endpoint.Metadata.ContainsKey(EndpointMetadata.HintZones);
            local |= endpoint.State == EndpointState.Ready && IsOwn(endpoint);
        }

        var basis = hinted ? "by the cluster's hints" : "by the zones they run in";
        var decision = (any || hinted, local, prefer) switch
        {
            (false, _, _) => $"no endpoint says its zone, so the own zone {own} makes no difference.",
            (_, false, _) => $"no ready endpoint is for the own zone {own} ({basis}), so all zones are used.",
            (_, _, true) => $"endpoints for the own zone {own} come first ({basis}).",
            _ => $"there are endpoints for the own zone {own} ({basis}); all zones are used alike.",
        };
        if (decision == _said)
            return;
        _said = decision;
        LogDecision(logger, target, decision);
    }

    private bool IsOwn(Endpoint endpoint) => endpoint.Metadata.TryGetValue(EndpointMetadata.HintZones, out var zones)
        ? zones == own || zones.Split(',').Contains(own, StringComparer.Ordinal)
        : endpoint.Zone == own;
}
