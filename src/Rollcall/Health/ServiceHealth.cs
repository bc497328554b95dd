using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Health;

/// <summary>
/// What this process has learned of the endpoints of one target, shared by everyone in it who sends to them. Follows the snapshots: an endpoint that stays
/// keeps what was learned of it, one that has left is forgotten. Thread-safe; the lock is taken on change only.
/// </summary>
internal sealed class ServiceHealth(ServiceTarget target, HealthContext context, Random random, Action? onAvoided = null)
{
    // Should probes not come for whatever reason, a request tries after all.
    private static readonly TimeSpan ProbeGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly AvoidanceTable _avoided = new(context.Settings, random);
    private readonly HealthNews _news = new(target, context);
    private ImmutableArray<Action> _listeners = [];
    private EndpointSet? _set;
    private ImmutableArray<BalancedEndpoint> _endpoints = [];
    private bool _isPanicking;

    private delegate void Change(AvoidanceTable avoided, BalancedEndpoint endpoint, HealthMoment now, List<HealthEvent> events);

    /// <summary>Whose endpoints these are.</summary>
    public ServiceTarget Target { get; } = target;

    /// <summary>True while so few are left that ejected ones are used as well (<see cref="HealthOptions.PanicThreshold"/>).</summary>
    public bool IsPanicking => Volatile.Read(ref _isPanicking);

    /// <summary>Calls <paramref name="listener"/>, on any thread, after it has changed who is kept away from requests. A listener must not block.</summary>
    public void Follow(Action listener) => ImmutableInterlocked.Update(ref _listeners, static (list, item) => list.Add(item), listener);

    /// <summary>Ends <see cref="Follow"/>. A call that is under way may still come.</summary>
    public void Unfollow(Action listener)
    {
        ImmutableInterlocked.Update(ref _listeners, static (list, item) => list.Remove(item), listener);
        lock (_gate)
        {
            // Who comes next may follow a watch of its own, whose revisions begin anew: it would look old for ever. What was learned is kept.
            if (_listeners.IsEmpty)
                _set = null;
        }
    }

    /// <summary>The endpoints of a snapshot, in its order, with what is known of each. Several followers of one watch get the same objects.</summary>
    public ImmutableArray<BalancedEndpoint> Read(EndpointSet set)
    {
        List<HealthEvent> events = [];
        ImmutableArray<BalancedEndpoint> endpoints;
        lock (_gate)
        {
            if (ReferenceEquals(set, _set))
                return _endpoints;

            // A follower that lags behind must not make the book forget who has joined since.
            var isOld = _set is not null && set.Revision < _set.Revision;
            endpoints = EndpointBook.Merge(set, _set is null, isOld, _endpoints, context.Time.GetTimestamp());
            if (isOld)
                return endpoints;
            _set = set;
            _endpoints = endpoints;
            _avoided.Follow(endpoints, events);
            Volatile.Write(ref _isPanicking, _avoided.IsPanicking);
        }

        // Whoever reads sees the change already; the others are told by the same watch.
        Tell(events, tellsListeners: false);
        return endpoints;
    }

    /// <summary>True for an endpoint that may be sent a request now. A true answer may be the one try of an avoided endpoint: then send.</summary>
    public bool Allows(BalancedEndpoint endpoint) =>
        Volatile.Read(ref endpoint.Load.Avoidance) is not { } avoidance || AllowsAvoided(endpoint, avoidance);

    /// <summary>What <see cref="Allows"/> would answer; but it lets nobody try.</summary>
    public bool WouldAllow(BalancedEndpoint endpoint) =>
        Volatile.Read(ref endpoint.Load.Avoidance) is not { } avoidance || (avoidance.IsEjection && IsPanicking) || IsTimeForARequest(avoidance, Now());

    /// <summary>True while requests are kept away from an endpoint. Unlike <see cref="Allows"/> it lets nobody try.</summary>
    public static bool IsAvoided(BalancedEndpoint endpoint) => Volatile.Read(ref endpoint.Load.Avoidance) is not null;

    /// <summary>The head of an answer has come: whatever it says, the endpoint is there.</summary>
    public void Answered(BalancedEndpoint endpoint)
    {
        var load = endpoint.Load;
        load.Answers = unchecked(load.Answers + 1);
        if (Volatile.Read(ref load.Avoidance) is { IsEjection: false })
            Apply(endpoint, static (avoided, endpoint, now, events) => avoided.Return(endpoint, now, events));
    }

    /// <summary>
    /// A connection could be made: it can be reached, and that is all. A frozen process accepts connections, one that fails every request does, too; so nothing else is forgotten.
    /// </summary>
    public void Connected(BalancedEndpoint endpoint, TimeSpan latency)
    {
        PeakEwma.Observe(endpoint.Load, new RequestOutcome(OutcomeKind.Success, latency), context.Time.GetTimestamp(), context.Time.TimestampFrequency);
        if (Volatile.Read(ref endpoint.Load.Avoidance) is { Reason: AvoidReason.Unreachable })
            Apply(endpoint, static (avoided, endpoint, now, events) => avoided.Return(endpoint, now, events));
    }

    /// <summary>
    /// Something whose time says nothing of the endpoint went well, such as the use of an open connection: a success like another, and when somebody was let through to try,
    /// the endpoint is well again, unless it was too slow. A plain write when there is nothing to learn.
    /// </summary>
    public void Worked(BalancedEndpoint endpoint)
    {
        var load = endpoint.Load;
        load.Traffic.Succeeded();
        if (Volatile.Read(ref load.Avoidance) is { IsTrying: true, LatencyLimit: null })
            Apply(endpoint, static (avoided, endpoint, now, events) => avoided.Return(endpoint, now, events));
    }

    /// <summary>It has been silent for too long, though the request has not ended yet.</summary>
    public void Silent(BalancedEndpoint endpoint) => Unanswered(endpoint, AvoidReason.Silent, "it answered nobody for the time of a try");

    /// <summary>
    /// Learns from a request that has ended. A few plain writes when it went well; nothing but what latency teaches the balancer when its caller gave up, or when the endpoint only has
    /// too much to do, which is the balancer's to heed.
    /// </summary>
    public void Report(BalancedEndpoint endpoint, in RequestOutcome outcome)
    {
        PeakEwma.Observe(endpoint.Load, outcome, context.Time.GetTimestamp(), context.Time.TimestampFrequency);
        switch (outcome.Kind)
        {
            case OutcomeKind.Success:
                endpoint.Load.Traffic.Succeeded(outcome.Latency);
                if (Volatile.Read(ref endpoint.Load.Avoidance) is { IsEjection: true, IsTrying: true } avoidance)
                    Tried(endpoint, avoidance, outcome.Latency);
                break;
            case OutcomeKind.Cancelled or OutcomeKind.Throttled:
                break;
            default:
                Failed(endpoint, outcome.Kind);
                break;
        }
    }

    /// <summary>The endpoints of the newest snapshot that any follower has read, with what is known of each.</summary>
    public ImmutableArray<BalancedEndpoint> Endpoints
    {
        get
        {
            lock (_gate)
                return _endpoints;
        }
    }

    /// <summary>True while somebody follows.</summary>
    public bool IsFollowed => !_listeners.IsEmpty;

    /// <summary>Compares the endpoints with each other by what they did since the last time, and ejects those that stand out. To be called once per interval.</summary>
    public void Compare()
    {
        List<HealthEvent> events = [];
        lock (_gate)
        {
            List<BalancedEndpoint> compared = [];
            List<TrafficWindow> windows = [];
            foreach (var endpoint in _endpoints)
            {
                // Of one that is avoided nothing is learned here: when it returns, it begins anew.
                if (endpoint.Load.Avoidance is not null || endpoint.Load.TrafficSoFar?.Look() is not { Requests: > 0 } window)
                    continue;
                compared.Add(endpoint);
                windows.Add(window);
            }

            if (compared.Count == 0 || !context.Settings.Options.Ejection)
                return;
            var now = Now();
            foreach (var outlier in OutlierDetector.Judge(CollectionsMarshal.AsSpan(windows), context.Settings.Options))
                _avoided.Eject(compared[outlier.Index], outlier.Reason, outlier.Detail, outlier.LatencyLimit, now, events);
            Volatile.Write(ref _isPanicking, _avoided.IsPanicking);
        }

        Tell(events, tellsListeners: true);
    }

    /// <summary>How its endpoints are probed.</summary>
    public ProbeOptions Probe { get; } = context.Settings.Options.ProbeOf(target);

    /// <summary>True while there may be somebody to probe later.</summary>
    public bool HasProbes
    {
        get
        {
            lock (_gate)
                return CanProbe && (Probe.IdleInterval > TimeSpan.Zero ? IsFollowed : _avoided.Avoided > 0);
        }
    }

    /// <summary>Up to <paramref name="most"/> endpoints that are to be probed now; what becomes of each must be told to <see cref="Probed"/>.</summary>
    public List<BalancedEndpoint> TakeProbes(int most)
    {
        List<BalancedEndpoint> due = [];
        lock (_gate)
        {
            if (!CanProbe || (_avoided.Avoided == 0 && Probe.IdleInterval <= TimeSpan.Zero))
                return due;
            var now = Now();
            foreach (var endpoint in _endpoints)
            {
                if (due.Count >= most)
                    break;
                var isDue = endpoint.Load.Avoidance is { } avoidance
                    ? IsProbed(avoidance) && _avoided.Try(endpoint, now)
                    : Probe.IdleInterval > TimeSpan.Zero && endpoint.Endpoint.State == EndpointState.Ready && endpoint.InFlight == 0 && endpoint.Load.Traffic.IsIdle(now.Timestamp, now.After(-Probe.IdleInterval));
                if (isDue)
                    due.Add(endpoint);
            }
        }

        return due;
    }

    /// <summary>Learns from a probe.</summary>
    public void Probed(BalancedEndpoint endpoint, ProbeResult result)
    {
        if (result.Problem is not { } problem)
        {
            Apply(endpoint, (avoided, endpoint, now, events) => avoided.ProbePassed(endpoint, Probe.HealthyThreshold, ProbePause, now, events));
            return;
        }

        Apply(endpoint, (avoided, endpoint, now, events) =>
        {
            if (endpoint.Load.Avoidance is { IsEjection: true })
                avoided.EjectAgain(endpoint, result.Detail, now, events);
            else if (problem is AvoidReason.FailedProbe)
                FailedProbe(avoided, endpoint, result.Detail, now, events);
            else
                avoided.Unanswered(endpoint, problem, result.Detail, now, events);
        });
    }

    // It answers, but not as it should: what was said of it before is not so any more.
    private void FailedProbe(AvoidanceTable avoided, BalancedEndpoint endpoint, string detail, HealthMoment now, List<HealthEvent> events)
    {
        if (endpoint.Load.Avoidance is not null)
            avoided.Return(endpoint, now, events);
        if (context.Settings.Options.Ejection)
            avoided.Eject(endpoint, AvoidReason.FailedProbe, detail, latencyLimit: null, now, events);
    }

    private bool CanProbe => context.Probe is not null && Probe.Kind != ProbeKinds.None;

    // A frozen process accepts connections: that one can be made says only something of one that could not be reached.
    private bool IsProbed(Avoidance avoidance) => CanProbe && (Probe.Kind == ProbeKinds.Http || avoidance.Reason == AvoidReason.Unreachable);

    private bool AllowsAvoided(BalancedEndpoint endpoint, Avoidance avoidance)
    {
        var allowed = avoidance.IsEjection && IsPanicking;
        var now = Now();
        if (!IsTimeForARequest(avoidance, now))
            return allowed;
        lock (_gate)
            return _avoided.Try(endpoint, now) || allowed;
    }

    private bool IsTimeForARequest(Avoidance avoidance, HealthMoment now) =>
        now.Timestamp >= (IsProbed(avoidance) ? now.Later(avoidance.Due, ProbeGrace) : avoidance.Due);

    private void Unanswered(BalancedEndpoint endpoint, AvoidReason reason, string detail)
    {
        // Requests fail in great numbers when an endpoint dies; one of them is news.
        if (Volatile.Read(ref endpoint.Load.Avoidance) is { } before && !(before is { IsEjection: true, IsTrying: true }) && context.Time.GetTimestamp() < before.Due)
            return;
        Apply(endpoint, (avoided, endpoint, now, events) => avoided.Unanswered(endpoint, reason, detail, now, events));
    }

    private void Failed(BalancedEndpoint endpoint, OutcomeKind kind)
    {
        var (failures, gatewayErrors) = endpoint.Load.Traffic.Failed(kind == OutcomeKind.GatewayError);
        if (kind == OutcomeKind.Unreachable)
        {
            Unanswered(endpoint, AvoidReason.Unreachable, "no connection could be made");
            return;
        }

        if (Volatile.Read(ref endpoint.Load.Avoidance) is { } avoidance)
        {
            if (avoidance is { IsEjection: true, IsTrying: true })
                Apply(endpoint, (avoided, endpoint, now, events) => avoided.EjectAgain(endpoint, $"a request that tried it ended with: {Word(kind)}", now, events));
            return;
        }

        // Every so many, not from so many on: where it may not be ejected, not every request should ask again.
        var options = context.Settings.Options;
        if (!options.Ejection)
            return;
        if (gatewayErrors > 0 && options.ConsecutiveGatewayErrors > 0 && gatewayErrors % options.ConsecutiveGatewayErrors == 0)
            Eject(endpoint, AvoidReason.GatewayErrors, string.Create(CultureInfo.InvariantCulture, $"{gatewayErrors} gateway errors in a row"));
        else if (options.ConsecutiveFailures > 0 && failures % options.ConsecutiveFailures == 0)
            Eject(endpoint, AvoidReason.Failures, string.Create(CultureInfo.InvariantCulture, $"{failures} failures in a row, the last one: {Word(kind)}"));
    }

    private void Eject(BalancedEndpoint endpoint, AvoidReason reason, string detail) =>
        Apply(endpoint, (avoided, endpoint, now, events) => avoided.Eject(endpoint, reason, detail, latencyLimit: null, now, events));

    private void Tried(BalancedEndpoint endpoint, Avoidance avoidance, TimeSpan latency)
    {
        if (avoidance.LatencyLimit is { } limit && latency > limit)
        {
            var detail = $"a request that tried it took {DurationText.Format(latency)}, more than {DurationText.Format(limit)}";
            Apply(endpoint, (avoided, endpoint, now, events) => avoided.EjectAgain(endpoint, detail, now, events));
            return;
        }

        Apply(endpoint, static (avoided, endpoint, now, events) => avoided.Return(endpoint, now, events));
    }

    private void Apply(BalancedEndpoint endpoint, Change change)
    {
        List<HealthEvent> events = [];
        lock (_gate)
        {
            change(_avoided, endpoint, Now(), events);
            Volatile.Write(ref _isPanicking, _avoided.IsPanicking);
        }

        Tell(events, tellsListeners: true);
    }

    private HealthMoment Now() => HealthMoment.Of(context.Time);

    private void Tell(List<HealthEvent> events, bool tellsListeners)
    {
        var changed = false;
        foreach (var happened in events)
        {
            _news.Tell(happened, _avoided);
            changed |= happened.ChangesWhoIsUsed;
            if (happened.Kind == HealthEventKind.Avoided)
                onAvoided?.Invoke();
        }

        if (!changed || !tellsListeners)
            return;
        foreach (var listener in _listeners)
            listener();
    }

    private static string Word(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Error => "an error",
        OutcomeKind.GatewayError => "a gateway error",
        OutcomeKind.Reset => "a lost connection",
        OutcomeKind.TimedOut => "no answer in time",
        OutcomeKind.Unreachable => "no connection",
        _ => kind.ToString(),
    };
}
