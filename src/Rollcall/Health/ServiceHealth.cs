using System.Collections.Immutable;

namespace Rollcall.Health;

/// <summary>
/// What this process has learned of the endpoints of one target, shared by everyone in it who sends to them. Follows the snapshots: an endpoint that stays
/// keeps what was learned of it, one that has left is forgotten. Thread-safe; the lock is taken on change only.
/// </summary>
internal sealed class ServiceHealth(Suspicion suspicion)
{
    private readonly Lock _gate = new();
    private ImmutableArray<Action> _listeners = [];
    private EndpointSet? _set;
    private ImmutableArray<BalancedEndpoint> _endpoints = [];

    /// <summary>Calls <paramref name="listener"/>, on any thread, after it has changed who is kept away from requests. A listener must not block.</summary>
    public void Follow(Action listener) => ImmutableInterlocked.Update(ref _listeners, static (list, item) => list.Add(item), listener);

    /// <summary>Ends <see cref="Follow"/>. A call that is under way may still come.</summary>
    public void Unfollow(Action listener) => ImmutableInterlocked.Update(ref _listeners, static (list, item) => list.Remove(item), listener);

    /// <summary>The endpoints of a snapshot, in its order, with what is known of each. Several followers of one watch get the same objects.</summary>
    public ImmutableArray<BalancedEndpoint> Read(EndpointSet set)
    {
        lock (_gate)
        {
            if (ReferenceEquals(set, _set))
                return _endpoints;
            var endpoints = Merge(set, _set is null, _endpoints);

            // A follower that lags behind must not make the book forget who has joined since.
            if (_set is not null && set.Revision < _set.Revision)
                return endpoints;
            _set = set;
            return _endpoints = endpoints;
        }
    }

    /// <summary>True for an endpoint that may be sent a request now. A true answer may be the one try of an avoided endpoint: then send.</summary>
    public bool Allows(BalancedEndpoint endpoint) => suspicion.Allows(endpoint);

    /// <summary>True while requests are kept away from an endpoint. Unlike <see cref="Allows"/> it lets nobody try.</summary>
    public static bool IsAvoided(BalancedEndpoint endpoint) => Volatile.Read(ref endpoint.Load.AvoidUntil) != 0;

    /// <summary>The head of an answer has come: whatever it says, the endpoint is there.</summary>
    public static void Answered(BalancedEndpoint endpoint) => Suspicion.Answered(endpoint);

    /// <summary>It has been silent for too long, though the request has not ended yet.</summary>
    public void Silent(BalancedEndpoint endpoint) => suspicion.Failed(endpoint);

    /// <summary>Learns from a request that has ended.</summary>
    public void Report(BalancedEndpoint endpoint, in RequestOutcome outcome)
    {
        if (outcome.Kind != OutcomeKind.Unreachable)
            return;
        suspicion.Failed(endpoint);
        TellListeners();
    }

    private void TellListeners()
    {
        foreach (var listener in _listeners)
            listener();
    }

    // Both are in order of id, so that one pass over the two finds every pair.
    private static ImmutableArray<BalancedEndpoint> Merge(EndpointSet set, bool isFirst, ImmutableArray<BalancedEndpoint> before)
    {
        var now = set.Endpoints;
        var merged = ImmutableArray.CreateBuilder<BalancedEndpoint>(now.Length);
        var old = 0;
        foreach (var endpoint in now)
        {
            while (old < before.Length && string.CompareOrdinal(before[old].Endpoint.Id, endpoint.Id) < 0)
                old++;
            if (old < before.Length && before[old].Endpoint.Id == endpoint.Id)
                merged.Add(before[old].Endpoint == endpoint ? before[old] : Renewed(before[old], endpoint, set.ObservedAt));
            else
                merged.Add(New(endpoint, isFirst, set.ObservedAt));
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

    // The source has news of it, such as another address or that it is ready again: what was held against it may be out of date.
    private static BalancedEndpoint Renewed(BalancedEndpoint before, Endpoint now, DateTimeOffset observedAt)
    {
        Suspicion.Forget(before);
        if (now.State == EndpointState.Ready && (before.Endpoint.State != EndpointState.Ready || before.Endpoint.Since != now.Since))
            before.Load.ReadySince = ReadySince(now, observedAt, observedAt);
        return before.With(now);
    }

    // A clock that is ahead of ours must not make an endpoint new for longer.
    private static long ReadySince(Endpoint endpoint, DateTimeOffset unless, DateTimeOffset observedAt) =>
        (endpoint.Since is not { } since ? unless : since < observedAt ? since : observedAt).UtcTicks;
}
