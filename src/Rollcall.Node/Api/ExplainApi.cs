using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Api;

/// <summary>Where a caller would send a request to a service, and why.</summary>
internal sealed class ExplainApi
{
    private readonly NodeParts _parts;
    private readonly Balancers _balancers;
    private readonly PickExplainer _explainer;

    public ExplainApi(NodeParts parts, Random random)
    {
        _parts = parts;
        _balancers = new Balancers(random, [], parts.Time);
        _explainer = new PickExplainer(_balancers, parts.Time);
    }

    /// <summary>Adds the route.</summary>
    public void Map(RouteTable routes) => routes.Map("GET", "/api/services/{service}/explain", Get, new("Where a caller would send a request to a service, and why.")
    {
        Parameters =
        [
            new("key", "What the request has affinity to."),
            new("policy", "The balancing policy."),
            new("zone", "As a caller in this zone that prefers it."),
            new("meta.KEY", "Only endpoints with that label; KEY stands for its key."),
            new("slow-start", "As a caller that spares endpoints for so long after they became ready: 0s to 1h."),
            new("aperture", "As a caller that uses so many endpoints: 1 to 100,000."),
            new("client", "Which of the callers, such as checkout-3; goes with aperture."),
        ],
        Answer = typeof(ExplanationDocument),
        Problems = [400, 404],
    });

    private ValueTask<Problem?> Get(HttpContext context)
    {
        var service = (string)context.Request.RouteValues["service"]!;
        if (NameMessages.Check(service) is { } wrongName)
            return new(wrongName);
        if (ExplainParameters.Read(context.Request.QueryString.Value, _balancers, out var options, out var key) is { } wrong)
            return new(wrong);
        var snapshot = _parts.Registry.Catalog.GetService(service);
        if (!snapshot.IsKnown)
            return new(ServicesApi.NotFound(service));
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, _explainer.Explain(SetOf(snapshot), options, key), ApiJson.Default.ExplanationDocument);
        buffer.Answer(context.Response);
        return default;
    }

    // What this node says is what it knows now: it is the source.
    private EndpointSet SetOf(ServiceSnapshot snapshot) => new(
        ServiceTarget.Parse($"rollcall:///{snapshot.Service}"), snapshot.Instances.Select(EndpointOf), snapshot.Revision, _parts.Time.GetUtcNow());

    private static Endpoint EndpointOf(Instance instance) => new(instance.Registration.Id, instance.Registration.Address, instance.Registration.Ports)
    {
        State = instance.State,
        Reason = instance.Reason,
        Weight = instance.Registration.Weight,
        Zone = instance.Registration.Zone,
        Node = instance.Registration.Node,
        Metadata = instance.Registration.Metadata,
        Since = instance.Since,
    };
}
