using System.Collections.Concurrent;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Node.Findings;
using Rollcall.Node.Imports;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Live;

/// <summary>The live documents of services: made when something has changed and somebody asks, the same bytes for everybody who asks until something changes again.</summary>
internal sealed class LiveView
{
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenAsking = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly ServiceRegistry _registry;
    private readonly ImportTable _imports;
    private readonly NamesTable _names;
    private readonly HealthReader _health;
    private readonly FindingTable _findings;
    private readonly HealthWeights _weights;
    private readonly TimeProvider _time;
    private long _forgot;
    private readonly DateTimeOffset _started;

    public LiveView(ServiceRegistry registry, ImportTable imports, NamesTable names, HealthReader health, FindingTable findings, HealthWeights weights, TimeProvider time)
    {
        (_registry, _imports, _names, _health, _findings, _weights, _time) = (registry, imports, names, health, findings, weights, time);
        (_started, _forgot) = (time.GetUtcNow(), time.GetTimestamp());
        imports.Follow(Touch);
        names.Changed = Touch;
        health.Changed = Touch;
    }

    /// <summary>The service that is shown when none is named: the first that is imported, else the only one there is; null when that says nothing.</summary>
    public string? Default => _imports.Services is [var first, ..] ? first : _registry.Catalog.KnownServices is { Count: 1 } only ? only.Single().Service : null;

    /// <summary>A service as it is now; null when nothing is known of it. Has its instances asked how they are, without waiting for them.</summary>
    public LiveAnswer? Get(string service)
    {
        var snapshot = _registry.Catalog.GetService(service);
        if (!snapshot.IsKnown && _imports.Of(service) is null)
            return null;
        var kept = Look(snapshot);
        var findings = _findings.Of(service);
        var callers = Callers(service, findings);
        if (kept.Made is { } made && made.IsOf(snapshot.Revision, kept.Touches, callers, findings))
            return made.Value;
        lock (kept.Making)
        {
            // First count, then look: what changes in between is made once more.
            var touches = kept.Touches;
            var before = kept.Made;
            if (before?.IsOf(snapshot.Revision, touches, callers, findings) == true)
                return before.Value;
            var inputs = Inputs(snapshot, findings, callers);
            var instances = kept.Instances.Of(inputs);
            var document = LiveBuilder.Build(inputs, [.. instances.Select(static instance => instance.Document)]);
            var answer = before is null
                ? LiveAnswer.First(document, instances, Version())
                : before.Value.Next(document, instances, Version);
            kept.Made = new Made<LiveAnswer>(snapshot.Revision, touches, callers, findings, answer);
            return answer;

            // Since the start of the node: what is counted here begins anew with it.
            string Version() => string.Create(CultureInfo.InvariantCulture, $"{_started.ToUnixTimeMilliseconds():x}-{snapshot.Revision}-{++kept.Versions}");
        }
    }

    /// <summary>The scores of a service's instances. Has them asked how they are, without waiting for them.</summary>
    public ServiceScoresDocument Scores(string service)
    {
        var snapshot = _registry.Catalog.GetService(service);
        var kept = Look(snapshot);
        var findings = _findings.Of(service);
        var (touches, callers) = (kept.Touches, Callers(service, findings));
        if (kept.Scored is { } scored && scored.IsOf(snapshot.Revision, touches, callers, findings))
            return scored.Value;
        var scores = LiveBuilder.Scores(Inputs(snapshot, findings, callers));

        // Two who make them at the same time make the same.
        kept.Scored = new Made<ServiceScoresDocument>(snapshot.Revision, touches, callers, findings, scores);
        return scores;
    }

    /// <summary>Has the instances of a service asked again, although what is known is not old.</summary>
    public void Refresh(string service) => _health.Ask(_registry.Catalog.GetService(service).Instances, now: true);

    /// <summary>Completes when something about a service may have changed that is not in the catalog.</summary>
    public Task NextTouch(string service) => Look(_registry.Catalog.GetService(service)).Next;

    // Those who can report what they find: a page that is looked at calls nobody. While nobody reports anything it does not matter how many they are.
    private int Callers(string service, IReadOnlyList<FindingDocument> findings)
    {
        var callers = _registry.Watchers.Count(service, WatcherKind.Poll);
        return findings.Count == 0 ? Math.Min(callers, 1) : callers;
    }

    private LiveInputs Inputs(ServiceSnapshot snapshot, IReadOnlyList<FindingDocument> findings, int callers) => new(
        snapshot, _imports.Of(snapshot.Service), _names.Of(snapshot.Service), _health.Of, findings, callers, _weights, _started);

    private Kept Look(ServiceSnapshot snapshot)
    {
        Forget();
        var kept = _kept.GetOrAdd(snapshot.Service, static _ => new Kept());
        kept.LookedAt = _time.GetTimestamp();
        if (kept.IsToAsk(snapshot.Revision, _time) && _health.Ask(snapshot.Instances))
            kept.Touch();
        return kept;
    }

    // Of services that nobody looks at any more nothing is kept. Streams look every few seconds.
    private void Forget()
    {
        var (now, before) = (_time.GetTimestamp(), Interlocked.Read(ref _forgot));
        if (_time.GetElapsedTime(before, now) < ForgetAfter || Interlocked.CompareExchange(ref _forgot, now, before) != before)
            return;
        foreach (var pair in _kept)
        {
            if (_time.GetElapsedTime(pair.Value.LookedAt, now) > ForgetAfter)
                _kept.TryRemove(pair);
        }
    }

    private void Touch(string service)
    {
        if (_kept.TryGetValue(service, out var kept))
            kept.Touch();
    }

    private sealed record Made<T>(long Revision, long Touches, int Callers, IReadOnlyList<FindingDocument> Findings, T Value)
    {
        public bool IsOf(long revision, long touches, int callers, IReadOnlyList<FindingDocument> findings) =>
            Revision == revision && Touches == touches && Callers == callers && Findings.SequenceEqual(findings);
    }

    private sealed class Kept
    {
        private TaskCompletionSource _next = New();
        private Made<LiveAnswer>? _made;
        private Made<ServiceScoresDocument>? _scored;
        private long _lookedAt;
        private long _touches;
        private long _asked = -1;
        private long _askedAt;

        /// <summary>Held while a document is made.</summary>
        public Lock Making { get; } = new();

        /// <summary>To be used by who makes it.</summary>
        public LiveInstances Instances { get; } = new();

        /// <summary>To be counted by who makes it.</summary>
        public long Versions { get; set; }

        /// <summary>When somebody last looked.</summary>
        public long LookedAt
        {
            get => Interlocked.Read(ref _lookedAt);
            set => Interlocked.Exchange(ref _lookedAt, value);
        }

        public Made<ServiceScoresDocument>? Scored
        {
            get => Volatile.Read(ref _scored);
            set => Volatile.Write(ref _scored, value);
        }

        public Made<LiveAnswer>? Made
        {
            get => Volatile.Read(ref _made);
            set => Volatile.Write(ref _made, value);
        }

        public long Touches => Interlocked.Read(ref _touches);

        public Task Next => Volatile.Read(ref _next).Task;

        public void Touch()
        {
            Interlocked.Increment(ref _touches);
            Interlocked.Exchange(ref _next, New()).TrySetResult();
        }

        // Whoever asks for the document has its instances asked, but a thousand who look are no more than one.
        public bool IsToAsk(long revision, TimeProvider time)
        {
            if (Interlocked.Exchange(ref _asked, revision) == revision && time.GetElapsedTime(Interlocked.Read(ref _askedAt)) < BetweenAsking)
                return false;
            Interlocked.Exchange(ref _askedAt, time.GetTimestamp());
            return true;
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
