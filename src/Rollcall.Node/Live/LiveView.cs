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
    private static readonly TimeSpan BetweenAsking = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly ServiceRegistry _registry;
    private readonly ImportTable _imports;
    private readonly NamesTable _names;
    private readonly HealthReader _health;
    private readonly FindingTable _findings;
    private readonly HealthWeights _weights;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;

    public LiveView(ServiceRegistry registry, ImportTable imports, NamesTable names, HealthReader health, FindingTable findings, HealthWeights weights, TimeProvider time)
    {
        (_registry, _imports, _names, _health, _findings, _weights, _time) = (registry, imports, names, health, findings, weights, time);
        _started = time.GetUtcNow();
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
        var kept = _kept.GetOrAdd(service, static _ => new Kept());
        if (kept.IsToAsk(snapshot.Revision, _time))
            _health.Ask(snapshot);
        var findings = _findings.Of(service);
        var callers = Callers(service, findings);
        if (kept.Made is { } made && made.IsOf(snapshot.Revision, kept.Touches, callers, findings))
            return made.Answer;
        lock (kept.Making)
        {
            // First count, then look: what changes in between is made once more.
            var touches = kept.Touches;
            var before = kept.Made;
            if (before?.IsOf(snapshot.Revision, touches, callers, findings) == true)
                return before.Answer;
            var inputs = Inputs(snapshot, findings, callers);
            var instances = kept.Instances.Of(inputs);
            var document = LiveBuilder.Build(inputs, [.. instances.Select(static instance => instance.Document)]);
            var answer = before is null
                ? LiveAnswer.First(document, instances, Version())
                : before.Answer.Next(document, instances, Version);
            kept.Made = new Made(snapshot.Revision, touches, callers, findings, answer);
            return answer;

            // Since the start of the node: what is counted here begins anew with it.
            string Version() => string.Create(CultureInfo.InvariantCulture, $"{_started.ToUnixTimeMilliseconds():x}-{snapshot.Revision}-{++kept.Versions}");
        }
    }

    /// <summary>The scores of a service's instances. Has them asked how they are, without waiting for them.</summary>
    public ServiceScoresDocument Scores(string service)
    {
        var snapshot = _registry.Catalog.GetService(service);
        _health.Ask(snapshot);
        var findings = _findings.Of(service);
        return LiveBuilder.Scores(Inputs(snapshot, findings, Callers(service, findings)));
    }

    /// <summary>Has the instances of a service asked again, although what is known is not old.</summary>
    public void Refresh(string service) => _health.Ask(_registry.Catalog.GetService(service), now: true);

    /// <summary>Completes when something about a service may have changed that is not in the catalog.</summary>
    public Task NextTouch(string service) => _kept.GetOrAdd(service, static _ => new Kept()).Next;

    // Those who can report what they find: a page that is looked at calls nobody. While nobody reports anything it does not matter how many they are.
    private int Callers(string service, IReadOnlyList<FindingDocument> findings)
    {
        var callers = _registry.Watchers.Count(service, WatcherKind.Poll);
        return findings.Count == 0 ? Math.Min(callers, 1) : callers;
    }

    private LiveInputs Inputs(ServiceSnapshot snapshot, IReadOnlyList<FindingDocument> findings, int callers) => new(
        snapshot, _imports.Of(snapshot.Service), _names.Of(snapshot.Service), _health.Of, findings, callers, _weights, _started);

    private void Touch(string service)
    {
        if (_kept.TryGetValue(service, out var kept))
            kept.Touch();
    }

    private sealed record Made(long Revision, long Touches, int Callers, IReadOnlyList<FindingDocument> Findings, LiveAnswer Answer)
    {
        public bool IsOf(long revision, long touches, int callers, IReadOnlyList<FindingDocument> findings) =>
            Revision == revision && Touches == touches && Callers == callers && Findings.SequenceEqual(findings);
    }

    private sealed class Kept
    {
        private TaskCompletionSource _next = New();
        private Made? _made;
        private long _touches;
        private long _asked = -1;
        private long _askedAt;

        /// <summary>Held while a document is made.</summary>
        public Lock Making { get; } = new();

        /// <summary>To be used by who makes it.</summary>
        public LiveInstances Instances { get; } = new();

        /// <summary>To be counted by who makes it.</summary>
        public long Versions { get; set; }

        public Made? Made
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
