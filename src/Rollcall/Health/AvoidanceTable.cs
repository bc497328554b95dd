using System.Collections.Immutable;

namespace Rollcall.Health;

/// <summary>
/// Who of one set is avoided, for how long, and whether too few are left. A state machine: time and chance are arguments, what happened is the answer. The one writer
/// of <see cref="EndpointLoad.Avoidance"/>; used by one thread at a time.
/// </summary>
internal sealed class AvoidanceTable(HealthSettings settings, Random random)
{
    private const double Jitter = 0.25;
    private const int IntervalsToForgive = 3;

    private readonly HealthOptions _options = settings.Options;
    private ImmutableArray<BalancedEndpoint> _endpoints = [];
    private int _ready;
    private int _readyAvoided;
    private int _ejected;
    private int _all;

    /// <summary>True while too few are left, so that ejected ones are used as well.</summary>
    public bool IsPanicking { get; private set; }

    /// <summary>Endpoints that are ready.</summary>
    public int Ready => _ready;

    /// <summary>Of those, the ones that are not avoided.</summary>
    public int Usable => _ready - _readyAvoided;

    /// <summary>Of those that are ready, the ones that are ejected.</summary>
    public int Ejected => _ejected;

    /// <summary>Endpoints that are avoided, ready or not.</summary>
    public int Avoided => _all;

    /// <summary>From now on these are the set, in order of id.</summary>
    public void Follow(ImmutableArray<BalancedEndpoint> endpoints, List<HealthEvent> events)
    {
        _endpoints = endpoints;
        (_ready, _readyAvoided, _ejected, _all) = (0, 0, 0, 0);
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Endpoint.State == EndpointState.Ready)
                _ready++;
            if (endpoint.Load.Avoidance is { } avoidance)
                Count(endpoint, avoidance, 1);
        }

        CheckPanic(events);
    }

    /// <summary>It does not answer: no connection, or silence.</summary>
    public void Unanswered(BalancedEndpoint endpoint, AvoidReason reason, string detail, HealthMoment now, List<HealthEvent> events)
    {
        if (settings.AvoidTime <= TimeSpan.Zero)
            return;
        var before = endpoint.Load.Avoidance;
        if (before is { IsEjection: true, IsTrying: true })
        {
            EjectAgain(endpoint, detail, now, events);
            return;
        }

        // Avoided already: this failure is of a request sent before, or of the one try, which was counted as failed when it was let through.
        if (before is null || now.Timestamp >= before.Due)
            Avoid(endpoint, Unanswered(reason, detail, before, now), now, events);
        else if (before.ProbesPassed > 0)
            Volatile.Write(ref endpoint.Load.Avoidance, before with { ProbesPassed = 0 });
    }

    /// <summary>It answers, but badly. True when it is ejected from now on; false when it is avoided already, or too many are ejected.</summary>
    public bool Eject(BalancedEndpoint endpoint, AvoidReason reason, string detail, TimeSpan? latencyLimit, HealthMoment now, List<HealthEvent> events)
    {
        if (endpoint.Load.Avoidance is not null || Member(endpoint) is null)
            return false;
        var traffic = endpoint.Load.Traffic;
        var forgiven = (int)Math.Min(int.MaxValue, now.Since(traffic.ReturnedAt) / (_options.Interval * IntervalsToForgive));
        var times = Math.Max(0, traffic.Ejections - forgiven) + 1;
        var ejection = Ejection(reason, detail, times, now.Utc, now) with { LatencyLimit = latencyLimit };
        if (_ejected >= MostEjected)
        {
            events.Add(new(HealthEventKind.Spared, endpoint, ejection));
            return false;
        }

        traffic.Ejections = times;
        Avoid(endpoint, ejection, now, events);
        return true;
    }

    /// <summary>The one who tries an ejected endpoint found it as bad as before.</summary>
    public void EjectAgain(BalancedEndpoint endpoint, string detail, HealthMoment now, List<HealthEvent> events)
    {
        if (endpoint.Load.Avoidance is not { IsEjection: true } before)
            return;
        var traffic = endpoint.Load.Traffic;
        traffic.Ejections = Math.Min(before.Times, int.MaxValue - 1) + 1;
        Avoid(endpoint, Ejection(before.Reason, detail, traffic.Ejections, before.Since, now) with { LatencyLimit = before.LatencyLimit }, now, events);
    }

    /// <summary>Lets one request or probe through when the time is over. True for that one; the others wait for what becomes of it.</summary>
    public bool Try(BalancedEndpoint endpoint, HealthMoment now)
    {
        if (endpoint.Load.Avoidance is not { } before)
            return true;
        if (now.Timestamp < before.Due)
            return false;

        // Should nobody ever hear of this one, as when its caller gives up, the next is let through after a while.
        var after = before.IsEjection
            ? before with { Until = now.Utc + _options.EjectionTime, Due = now.After(_options.EjectionTime), IsTrying = true }
            : Unanswered(before.Reason, before.Detail, before, now) with { IsTrying = true, ProbesPassed = before.ProbesPassed };
        Volatile.Write(ref endpoint.Load.Avoidance, after);
        return true;
    }

    /// <summary>It is well again.</summary>
    public void Return(BalancedEndpoint endpoint, HealthMoment now, List<HealthEvent> events)
    {
        if (endpoint.Load.Avoidance is not { } before)
            return;
        if (before.IsEjection)
            endpoint.Load.Traffic.ReturnedAt = now.Timestamp;

        // What it did before, and while others kept away from it, must not be compared with what they did meanwhile.
        endpoint.Load.TrafficSoFar?.StartAnew();
        Volatile.Write(ref endpoint.Load.Avoidance, null);
        Count(endpoint, before, -1);
        events.Add(new(HealthEventKind.Returned, endpoint, before));
        CheckPanic(events);
    }

    /// <summary>A probe went well: it returns, or is probed again after a pause when that is not enough yet.</summary>
    public void ProbePassed(BalancedEndpoint endpoint, int enough, TimeSpan pause, HealthMoment now, List<HealthEvent> events)
    {
        if (endpoint.Load.Avoidance is not { } before)
            return;
        if (before.ProbesPassed + 1 >= enough)
            Return(endpoint, now, events);
        else
            Volatile.Write(ref endpoint.Load.Avoidance, before with { ProbesPassed = before.ProbesPassed + 1, Until = now.Utc + pause, Due = now.After(pause) });
    }

    private int MostEjected => _ready < 2 ? 0 : Math.Max(1, (int)Math.Floor(_ready * _options.MaxEjectedShare));

    private void Avoid(BalancedEndpoint endpoint, Avoidance avoidance, HealthMoment now, List<HealthEvent> events)
    {
        var before = endpoint.Load.Avoidance;
        avoidance = avoidance with { TrafficBefore = before?.TrafficBefore ?? endpoint.Load.TrafficSoFar?.Recent ?? default };

        // It is not judged by its answers any more, because none come.
        if (before is { IsEjection: true } && !avoidance.IsEjection)
            endpoint.Load.Traffic.ReturnedAt = now.Timestamp;
        Volatile.Write(ref endpoint.Load.Avoidance, avoidance);

        // To be avoided is the price it pays. With what its failures have made it cost on top of that, the policy would not choose it for a minute after its time is up.
        PeakEwma.Forget(endpoint.Load);
        if (before is not null)
            Count(endpoint, before, -1);
        Count(endpoint, avoidance, 1);
        events.Add(new(before is null ? HealthEventKind.Avoided : HealthEventKind.AvoidedAgain, endpoint, avoidance));
        CheckPanic(events);
    }

    private Avoidance Unanswered(AvoidReason reason, string detail, Avoidance? before, HealthMoment now)
    {
        var times = Math.Min((before?.Times ?? 0) + 1, 20);
        var length = TimeSpan.FromTicks((long)Math.Min((double)settings.AvoidTime.Ticks * (1 << (times - 1)), settings.MaxAvoidTime.Ticks));
        return new(reason, detail, before?.Since ?? now.Utc, now.Utc + length, now.After(length), times);
    }

    private Avoidance Ejection(AvoidReason reason, string detail, int times, DateTimeOffset since, HealthMoment now)
    {
        var length = TimeSpan.FromTicks((long)(Math.Min((double)_options.EjectionTime.Ticks * times, _options.MaxEjectionTime.Ticks) * (1 + (Jitter * random.NextDouble()))));
        return new(reason, detail, since, now.Utc + length, now.After(length), times);
    }

    private void Count(BalancedEndpoint endpoint, Avoidance avoidance, int by)
    {
        // Whoever lags behind may still send to one that has left: that one is avoided as well, but counts no more.
        if (Member(endpoint) is not { } member)
            return;
        _all += by;
        if (member.Endpoint.State != EndpointState.Ready)
            return;
        _readyAvoided += by;
        if (avoidance.IsEjection)
            _ejected += by;
    }

    private void CheckPanic(List<HealthEvent> events)
    {
        var panics = _readyAvoided > 0 && Usable < _ready * _options.PanicThreshold;
        if (panics == IsPanicking)
            return;
        IsPanicking = panics;
        events.Add(new(panics ? HealthEventKind.PanicBegan : HealthEventKind.PanicEnded));
    }

    private BalancedEndpoint? Member(BalancedEndpoint endpoint)
    {
        var (low, high) = (0, _endpoints.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_endpoints[middle].Endpoint.Id, endpoint.Endpoint.Id);
            if (order == 0)
                return ReferenceEquals(_endpoints[middle].Load, endpoint.Load) ? _endpoints[middle] : null;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
