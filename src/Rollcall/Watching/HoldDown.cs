using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Watching;

/// <summary>One moment on both clocks: durations are measured on <paramref name="Elapsed"/>, people read <paramref name="Utc"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moment(TimeSpan Elapsed, DateTimeOffset Utc);

/// <summary>What is believed now, and when that changes although the source says nothing; null when it does not.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Belief(Reading Reading, TimeSpan? Deadline);

/// <summary>
/// Doubts a source that loses suspiciously much at once: registries push empty lists when they restart. Pure: a reading and the time go in,
/// what to believe comes out.
/// </summary>
/// <remarks>
/// What the source says of an endpoint it names is believed at once, be it new, changed, draining or not ready. Only endpoints that vanish
/// can be held, each for the hold-down time from its own disappearance; one that was draining has said good-bye and is never held.
/// The count decides, not identity: four endpoints replaced by four others are no loss.
/// </remarks>
internal sealed class HoldDown(TimeSpan holdTime, double lossShare)
{
    private const double Rounding = 1e-9;

    // Both replaced or emptied whenever nothing is in doubt. The baseline is who was ready when the doubt began, less whoever left lawfully since.
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _baseline = new(StringComparer.Ordinal);
    private Reading _source;
    private FreshnessKind _kind;
    private ImmutableArray<Endpoint> _believed;
    private ImmutableArray<Endpoint> _baselineOf;
    private int _countBefore;
    private DateTimeOffset _doubtBegan;

    /// <summary>What to believe after the source said <paramref name="reading"/>.</summary>
    public Belief Apply(in Reading reading, Moment now)
    {
        var first = _believed.IsDefault;
        _source = reading;
        // A fallback is another list than the source's own: comparing the first of one with the last of the other means nothing.
        var kind = reading.Freshness.Kind;
        var isAnotherList = kind != FreshnessKind.Stale && kind != _kind;
        if (kind != FreshnessKind.Stale)
            _kind = kind;
        if (first || holdTime <= TimeSpan.Zero || isAnotherList)
            return BelieveSource();

        if (_held.Count == 0)
        {
            _countBefore = _believed.Length;
            _doubtBegan = now.Utc;
            // The rule: one endpoint of ten thousand changed, and none is gone.
            if (NamesAll(reading.Endpoints, _believed))
                return Judge(now);
        }

        MakeBaseline();
        var named = new HashSet<string>(reading.Endpoints.Select(static endpoint => endpoint.Id), StringComparer.Ordinal);
        foreach (var endpoint in _believed)
        {
            if (named.Contains(endpoint.Id))
                _held.Remove(endpoint.Id);
            else if (endpoint.State == EndpointState.Draining)
                _baseline.Remove(endpoint.Id);
            else
                _held.TryAdd(endpoint.Id, new Held(endpoint, null, default));
        }

        return Judge(now);
    }

    /// <summary>What to believe when <see cref="Belief.Deadline"/> has come.</summary>
    public Belief Tick(Moment now) => Judge(now);

    private Belief Judge(Moment now)
    {
        // While the source is out of reach its silence proves nothing: what is in doubt stays, and gets its full time once the source is back.
        if (_source.Freshness.Kind == FreshnessKind.Stale)
        {
            foreach (var (id, held) in _held)
                _held[id] = held with { Until = null };
            return BelieveBoth(_held.Count == 0
                ? _source.Freshness
                : Freshness.Stale($"{_source.Freshness.Reason}; endpoints held down: {_held.Count}"));
        }

        foreach (var (id, held) in _held)
        {
            if (held.Until is null)
            {
                _held[id] = held with { Until = now.Elapsed + holdTime, UntilUtc = now.Utc + holdTime };
            }
            else if (held.Until <= now.Elapsed)
            {
                _held.Remove(id);
                _baseline.Remove(id);
            }
        }

        if (_held.Count == 0 || !IsSuspicious())
            return BelieveSource();
        var last = _held.Values.Max(static held => held.UntilUtc);
        return BelieveBoth(Freshness.Stale(string.Create(
            CultureInfo.InvariantCulture,
            $"held down: the source went from {_countBefore} endpoints to {_source.Endpoints.Length} at {_doubtBegan:HH:mm:ss}Z; believed from {last:HH:mm:ss}Z on")));
    }

    private bool IsSuspicious()
    {
        if (_source.Endpoints.IsEmpty)
            return true;
        // Whoever was ready and is still named is not lost, whatever its state: going not ready is a statement, vanishing is not.
        var present = _source.Endpoints.Count(endpoint => endpoint.State == EndpointState.Ready || _baseline.Contains(endpoint.Id));
        return _baseline.Count - present > (lossShare * _baseline.Count) + Rounding;
    }

    // Only a doubt needs it, so it is made when one begins.
    private void MakeBaseline()
    {
        if (_baselineOf.IsDefault)
            return;
        _baseline.UnionWith(_baselineOf.Where(static endpoint => endpoint.State == EndpointState.Ready).Select(static endpoint => endpoint.Id));
        _baselineOf = default;
    }

    // One pass along two lists in order of id. Lists in another order may seem to lack somebody, which costs a closer look and nothing else.
    private static bool NamesAll(ImmutableArray<Endpoint> names, ImmutableArray<Endpoint> all)
    {
        var at = 0;
        foreach (var endpoint in all)
        {
            while (at < names.Length && !ReferenceEquals(names[at], endpoint) && string.CompareOrdinal(names[at].Id, endpoint.Id) < 0)
                at++;
            if (at == names.Length || !(ReferenceEquals(names[at], endpoint) || string.Equals(names[at].Id, endpoint.Id, StringComparison.Ordinal)))
                return false;
            at++;
        }

        return true;
    }

    private Belief BelieveSource()
    {
        _held.Clear();
        _baseline.Clear();
        _baselineOf = _believed = _source.Endpoints;
        return new(_source, null);
    }

    private Belief BelieveBoth(Freshness freshness)
    {
        _believed = _held.Count == 0
            ? _source.Endpoints
            : [.. _source.Endpoints.Concat(_held.Values.Select(static held => held.Endpoint)).OrderBy(static endpoint => endpoint.Id, StringComparer.Ordinal)];
        var deadline = _held.Count == 0 ? null : _held.Values.Min(static held => held.Until);
        return new(_source with { Endpoints = _believed, Freshness = freshness }, deadline);
    }

    // Until is null while the source is out of reach.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Held(Endpoint Endpoint, TimeSpan? Until, DateTimeOffset UntilUtc);
}
