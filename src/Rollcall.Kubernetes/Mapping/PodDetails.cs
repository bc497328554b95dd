using System.Globalization;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>What a pod adds to its endpoint.</summary>
/// <param name="Started">When it was started.</param>
/// <param name="Ready">Whether it is ready.</param>
/// <param name="ReadySince">Since when.</param>
/// <param name="Labels">Those that were chosen.</param>
internal sealed record PodDetails(DateTimeOffset? Started, bool Ready, DateTimeOffset? ReadySince, SmallMap<string> Labels)
{
    /// <summary>The details of a pod; equal when nothing of interest has changed.</summary>
    public static PodDetails Of(PodObject pod, IReadOnlyCollection<string> labels) => new(
        pod.Status.StartTime,
        pod.Status.Ready,
        pod.Status.ReadySince,
        labels.Count == 0 ? SmallMap<string>.Empty : new SmallMap<string>(pod.Meta.Labels.Where(pair => labels.Contains(pair.Key, StringComparer.Ordinal))));

    /// <summary>The endpoint with what the pod knows.</summary>
    public Endpoint AddTo(Endpoint endpoint)
    {
        var metadata = new List<KeyValuePair<string, string>>(endpoint.Metadata);
        if (Started is { } started)
            metadata.Add(new(EndpointMetadata.Started, started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)));
        foreach (var (name, value) in Labels)
            metadata.Add(new(EndpointMetadata.LabelPrefix + name, value));
        return endpoint with
        {
            Metadata = new SmallMap<string>(metadata),
            // The time is that of the pod's own condition; it says nothing about an endpoint that is in another state.
            Since = Ready == endpoint.State is EndpointState.Ready ? ReadySince : endpoint.Since,
        };
    }
}
