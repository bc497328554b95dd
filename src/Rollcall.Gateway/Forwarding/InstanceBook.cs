using System.Collections.Concurrent;
using Rollcall.Gateway.Statistics;

namespace Rollcall.Gateway.Forwarding;

/// <summary>What became of the requests to each instance of a cluster. Who has left is forgotten when there are too many.</summary>
internal sealed class InstanceBook
{
    /// <summary>Instances that have left are remembered up to this number of all.</summary>
    public const int Keep = 1024;

    private readonly ConcurrentDictionary<string, TrafficStatistics> _byId = new(StringComparer.Ordinal);

    public TrafficStatistics? Find(string id) => _byId.GetValueOrDefault(id);

    /// <param name="id">The instance.</param>
    /// <param name="present">Those there are at present.</param>
    public TrafficStatistics Of(string id, EndpointSet? present) =>
        _byId.TryGetValue(id, out var statistics) ? statistics : Add(id, present);

    private TrafficStatistics Add(string id, EndpointSet? present)
    {
        if (_byId.Count >= Keep && present is not null)
        {
            var here = present.Endpoints.Select(static endpoint => endpoint.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var one in _byId.Keys.Where(one => !here.Contains(one)))
                _byId.TryRemove(one, out _);
        }

        return _byId.GetOrAdd(id, static _ => new TrafficStatistics());
    }
}
