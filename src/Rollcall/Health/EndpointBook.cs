using System.Collections.Immutable;

namespace Rollcall.Health;

/// <summary>Carries what is known of endpoints from one snapshot to the next.</summary>
internal static class EndpointBook
{
    /// <summary>The endpoints of a snapshot: those of before keep what was learned, whoever is new starts anew. Both are in order of id, so that one pass finds every pair.</summary>
    /// <param name="set">The snapshot.</param>
    /// <param name="isFirst">True when there was none before.</param>
    /// <param name="isOld">True when a newer one is known: then it has no news.</param>
    /// <param name="before">Those of the snapshot before.</param>
    /// <param name="timestamp">Now.</param>
    public static ImmutableArray<BalancedEndpoint> Merge(EndpointSet set, bool isFirst, bool isOld, ImmutableArray<BalancedEndpoint> before, long timestamp)
    {
        var now = set.Endpoints;
        var merged = ImmutableArray.CreateBuilder<BalancedEndpoint>(now.Length);
        var old = 0;
        foreach (var endpoint in now)
        {
            // Most are the very objects of before, next to each other as before.
            if (old < before.Length && ReferenceEquals(before[old].Endpoint, endpoint))
            {
                merged.Add(before[old++]);
                continue;
            }

            var order = 1;
            while (old < before.Length && (order = string.CompareOrdinal(before[old].Endpoint.Id, endpoint.Id)) < 0)
                old++;
            if (old == before.Length || order > 0)
                merged.Add(New(endpoint, isFirst, set.ObservedAt));
            else if (before[old].Endpoint == endpoint)
                merged.Add(before[old]);
            else
                merged.Add(isOld ? before[old].With(endpoint) : Renewed(before[old], endpoint, set.ObservedAt, timestamp));
        }

        return merged.MoveToImmutable();
    }

    // Of those in the first snapshot nobody knows for how long they have been there, unless the source says so.
    private static BalancedEndpoint New(Endpoint endpoint, bool isFirst, DateTimeOffset observedAt)
    {
        var balanced = new BalancedEndpoint(endpoint);
        if (endpoint.State == EndpointState.Ready)
            balanced.Load.ReadySince = ReadySince(endpoint, isFirst ? DateTimeOffset.MinValue : observedAt, observedAt);
        return balanced;
    }

    // How often it was ejected is remembered: a restart into the same trouble is no new endpoint.
    private static BalancedEndpoint Renewed(BalancedEndpoint before, Endpoint now, DateTimeOffset observedAt, long timestamp)
    {
        if (IsNews(before.Endpoint, now))
        {
            // That it is not ready any more is no sign that it is better: it goes on being probed, and being reported to the node, which may have it not ready for this very reason.
            if (now.State == EndpointState.Ready || IsElsewhere(before.Endpoint, now))
            {
                if (before.Load.Avoidance is { IsEjection: true })
                    before.Load.Traffic.ReturnedAt = timestamp;
                Volatile.Write(ref before.Load.Avoidance, null);
            }

            before.Load.TrafficSoFar?.StartAnew();
            PeakEwma.Forget(before.Load);
        }

        if (now.State == EndpointState.Ready && (before.Endpoint.State != EndpointState.Ready || before.Endpoint.Since != now.Since))
            before.Load.ReadySince = ReadySince(now, observedAt, observedAt);
        return before.With(now);
    }

    // What was held against it may be out of date; but another weight or label says nothing about how well it is.
    private static bool IsNews(Endpoint before, Endpoint now) => before.State != now.State || before.Since != now.Since || IsElsewhere(before, now);

    private static bool IsElsewhere(Endpoint before, Endpoint now) => before.Host != now.Host || !before.Ports.Equals(now.Ports);

    // A clock that is ahead of ours must not make an endpoint new for longer.
    private static long ReadySince(Endpoint endpoint, DateTimeOffset unless, DateTimeOffset observedAt) =>
        (endpoint.Since is not { } since ? unless : since < observedAt ? since : observedAt).UtcTicks;
}
