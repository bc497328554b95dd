using System.Collections.Immutable;

namespace Rollcall.Sources.Text;

/// <summary>
/// What a document says of one service. Three shapes: a map of services to lists, a bare list, and the list of target groups
/// that Prometheus reads (file_sd).
/// </summary>
internal static class ServiceFile
{
    public const int MaxEndpoints = 10_000;

    /// <summary>The endpoints of <paramref name="service"/>; of the whole file when that is empty. None when the file does not name it.</summary>
    /// <exception cref="DataFormatException">The document has another shape, or an entry is wrong.</exception>
    public static ImmutableArray<Endpoint> Read(DataNode root, string service)
    {
        var found = root switch
        {
            MapNode map => FromMap(map, service),
            ListNode list when list.Items.Any(IsTargetGroup) => FromTargetGroups(list, service),
            ListNode list when service.Length == 0 => FromList(list),
            ListNode => throw DataFormatException.At(root, $"the file is a list, which names no services; leave out #{service}, or make it a map with the key {service}"),
            _ => throw DataFormatException.At(root, "a map of services or a list of endpoints is expected"),
        };
        return Distinct(found);
    }

    private static IEnumerable<(Endpoint Endpoint, DataNode Node)> FromMap(MapNode map, string service)
    {
        if (service.Length == 0)
        {
            var names = string.Join(", ", map.Entries.Take(20).Select(static entry => entry.Key.Text));
            throw DataFormatException.At(map, $"the file is a map of services; name one behind #. There are: {names}");
        }

        var value = map.Entries.FirstOrDefault(entry => string.Equals(entry.Key.Text, service, StringComparison.Ordinal)).Value;
        return value switch
        {
            null or ScalarNode { Text: null } => [],
            ListNode list => FromList(list),
            _ => throw DataFormatException.At(value, $"the service '{service}' must be a list of endpoints"),
        };
    }

    private static IEnumerable<(Endpoint Endpoint, DataNode Node)> FromList(ListNode list) =>
        list.Items.Select(static item => (EndpointEntry.Read(item), item));

    private static IEnumerable<(Endpoint Endpoint, DataNode Node)> FromTargetGroups(ListNode list, string service)
    {
        foreach (var item in list.Items)
        {
            if (!IsTargetGroup(item))
                throw DataFormatException.At(item, "this list holds groups with 'targets'; every entry must be one");
            var fields = new Fields((MapNode)item, "targets", "labels");
            var labels = fields.Strings("labels");
            if (service.Length > 0 && !IsNamed(labels, "job", service) && !IsNamed(labels, "service", service))
                continue;
            foreach (var target in fields.List("targets"))
            {
                var scheme = labels.TryGetValue("__scheme__", out var named) ? named : null;
                yield return (FromTarget(target, scheme, labels), target);
            }
        }
    }

    private static Endpoint FromTarget(DataNode target, string? scheme, SmallMap<string> labels)
    {
        var text = (target as ScalarNode)?.Text ?? throw DataFormatException.At(target, "a target must be text such as 10.0.0.5:8080");
        if (scheme is not null && !text.Contains("://", StringComparison.Ordinal))
            text = $"{scheme}://{text}";
        if (!EndpointText.TryParse(text, out var endpoint, out var error))
            throw DataFormatException.At(target, error);
        return endpoint with
        {
            Zone = labels.TryGetValue("zone", out var zone) ? zone : endpoint.Zone,
            Metadata = labels,
        };
    }

    private static ImmutableArray<Endpoint> Distinct(IEnumerable<(Endpoint Endpoint, DataNode Node)> found)
    {
        var places = new Dictionary<string, DataNode>(StringComparer.Ordinal);
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        foreach (var (endpoint, node) in found)
        {
            if (!places.TryAdd(endpoint.Id, node))
                throw DataFormatException.At(node, $"the endpoint '{endpoint.Id}' is named twice, first in line {places[endpoint.Id].Line}");
            if (endpoints.Count == MaxEndpoints)
                throw DataFormatException.At(node, $"a service may have at most {MaxEndpoints} endpoints");
            endpoints.Add(endpoint);
        }

        return endpoints.ToImmutable();
    }

    private static bool IsTargetGroup(DataNode node) =>
        node is MapNode map && map.Entries.Any(static entry => string.Equals(entry.Key.Text, "targets", StringComparison.Ordinal));

    private static bool IsNamed(SmallMap<string> labels, string key, string service) =>
        labels.TryGetValue(key, out var value) && string.Equals(value, service, StringComparison.Ordinal);
}
