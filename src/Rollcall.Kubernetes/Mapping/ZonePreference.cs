using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>
/// Which endpoints are of the own zone: those that the cluster's hints give it where there are hints, else those that run in it. Where that is preferred, the others
/// form the second failover group.
/// </summary>
/// <param name="prefer">Whether own endpoints come first.</param>
/// <param name="target">For the log.</param>
/// <param name="logger">Hears of each decision once.</param>
internal sealed partial class ZonePreference(bool prefer, ServiceTarget target, ILogger logger)
{
    private string? _own;
    private string? _said;

    /// <summary>Takes the own zone, which is not known at first: then nothing is preferred. True when that changes where endpoints belong.</summary>
    public bool Learn(string? own)
    {
        if (own == _own)
            return false;
        _own = own;
        return prefer;
    }

    /// <summary>The endpoint in its failover group.</summary>
    public Endpoint Apply(Endpoint endpoint) => prefer && _own is not null && !IsOwn(endpoint) ? endpoint with { Priority = 1 } : endpoint;

    /// <summary>Logs what the zones of these endpoints mean, when that is something else than before.</summary>
    public void Report(ImmutableArray<Endpoint> endpoints)
    {
        if (_own is null || endpoints.IsEmpty)
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
            (false, _, _) => $"no endpoint says its zone, so the own zone {_own} makes no difference.",
            (_, false, _) => $"no ready endpoint is for the own zone {_own} ({basis}), so all zones are used.",
            (_, _, true) => $"endpoints for the own zone {_own} come first ({basis}).",
            _ => $"there are endpoints for the own zone {_own} ({basis}); all zones are used alike.",
        };
        if (decision == _said)
            return;
        _said = decision;
        LogDecision(logger, target, decision);
    }

    private bool IsOwn(Endpoint endpoint) => endpoint.Metadata.TryGetValue(EndpointMetadata.HintZones, out var zones)
        ? zones == _own || zones.Split(',').Contains(_own, StringComparer.Ordinal)
        : endpoint.Zone == _own;
}
