using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Imports;
using Rollcall.Node.Live;
using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Api;

/// <summary>What is written down of an imported service's instances, whatever is found of them: its fallback, or its target when that is a file or a list.</summary>
internal sealed class ConfigApi(NodeParts parts, NamesTable names, IDiscoverySource? source)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes) => routes.Map("GET", "/api/config/instances", GetAsync, new("The instances that are written down for an import, in its fallback or its static target.")
    {
        Parameters = [new("service", "Which; without it the first that is imported.")],
        Answer = typeof(IReadOnlyList<LiveInstanceDocument>),
        Problems = [503],
    });

    private async ValueTask<Problem?> GetAsync(HttpContext context)
    {
        var service = context.Request.Query["service"].ToString();
        var import = parts.Options.Imports.FirstOrDefault(import => service.Length == 0 || import.Service == service);
        IReadOnlyList<LiveInstanceDocument> instances = [];
        if (import is not null && source is not null && TargetOf(import) is { } target)
        {
            try
            {
                var set = await source.DiscoverAsync(ServiceTarget.Parse(target), context.RequestAborted);
                instances = Instances(import, ImportedSet.Of(import, set, ImportedSet.None, target));
            }
            catch (DiscoveryException error)
            {
                return new Problem(ProblemKind.Busy, $"What is written down of {import.Service} cannot be read: {error.Message}");
            }
        }

        Answer.WithDocument(context, instances, ApiJson.Default.IReadOnlyListLiveInstanceDocument);
        return null;
    }

    private static string? TargetOf(ImportOptions import) =>
        import.FallbackTarget ?? (ServiceTarget.Parse(import.Target).Scheme is "static" or "file" ? import.Target : null);

    private List<LiveInstanceDocument> Instances(ImportOptions import, ImportedSet written)
    {
        var service = parts.Registry.Catalog.GetService(import.Service);
        var inputs = new LiveInputs(service, parts.Imports.Of(import.Service), names.Of(import.Service), static _ => null, [], 0, parts.Options.HealthWeights, parts.Started);
        return
        [
            .. written.Instances.Select(each => new LiveInstance(LiveBuilder.Of(inputs, InstanceOf(each), []), default))
                .Order(LiveOrder.Instance)
                .Select(static each => each.Document),
        ];
    }

    // Nobody has asked for it: what is written down is no state.
    private Instance InstanceOf(ImportedInstance written) => new()
    {
        Registration = written.Registration,
        Origin = written.Origin,
        State = EndpointState.Unknown,
        Since = parts.Started,
        Revision = 0,
    };
}
