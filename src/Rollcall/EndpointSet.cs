using System.Collections.Immutable;

namespace Rollcall;

/// <summary>An immutable snapshot of what is believed about a target. Safe to share between threads.</summary>
public sealed class EndpointSet
{
    /// <summary>Makes a snapshot; endpoints are put in order of their id (ordinal).</summary>
    /// <param name="target">What was looked for.</param>
    /// <param name="endpoints">All of it, ready or not.</param>
    /// <param name="revision">Larger than that of every earlier snapshot of the same watch.</param>
    /// <param name="observedAt">When the source said so (UTC).</param>
    /// <param name="freshness">How much it can be trusted.</param>
    public EndpointSet(
        ServiceTarget target,
        IEnumerable<Endpoint> endpoints,
        long revision,
        DateTimeOffset observedAt,
        Freshness freshness = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(endpoints);
        Target = target;
        Endpoints = endpoints is ImmutableArray<Endpoint> array && IsOrdered(array)
            ? array
            : [.. endpoints.OrderBy(static endpoint => endpoint.Id, StringComparer.Ordinal)];
        Revision = revision;
        ObservedAt = observedAt;
        Freshness = freshness;
    }

    private EndpointSet(ImmutableArray<Endpoint> ordered, ServiceTarget target, long revision, DateTimeOffset observedAt, Freshness freshness)
    {
        Target = target;
        Endpoints = ordered;
        Revision = revision;
        ObservedAt = observedAt;
        Freshness = freshness;
    }

    /// <summary>What was looked for.</summary>
    public ServiceTarget Target { get; }

    /// <summary>Every endpoint the source knows, ready or not, in order of id.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; }

    /// <summary>Grows with every snapshot of the same watch.</summary>
    public long Revision { get; }

    /// <summary>When the source said so (UTC).</summary>
    public DateTimeOffset ObservedAt { get; }

    /// <summary>How much it can be trusted.</summary>
    public Freshness Freshness { get; }

    /// <summary>True when both hold equal endpoints and equal freshness; revision and time do not count.</summary>
    public bool SameContent(EndpointSet? other) =>
        other is not null
        && Freshness == other.Freshness
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan());

    /// <summary>A snapshot of endpoints that are known to be in order: looking at ten thousand once more costs more than a change does.</summary>
    internal static EndpointSet OfOrdered(ServiceTarget target, ImmutableArray<Endpoint> ordered, long revision, DateTimeOffset observedAt, Freshness freshness) =>
        new(ordered, target, revision, observedAt, freshness);

    private static bool IsOrdered(ImmutableArray<Endpoint> endpoints)
    {
        for (var i = 1; i < endpoints.Length; i++)
        {
            if (string.CompareOrdinal(endpoints[i - 1].Id, endpoints[i].Id) > 0)
                return false;
        }

        return true;
    }
}
