using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Node.Findings;
using Rollcall.Node.Imports;
using Rollcall.Node.Rendering;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Engine;

namespace Rollcall.Node.Live;

/// <summary>A document, its bytes, and what tells it from others.</summary>
internal sealed record LiveAnswer(LiveInstancesDocument Document, ReadOnlyMemory<byte> Bytes, string Version);

/// <summary>The live documents of services: made when something has changed and somebody asks, the same bytes for everybody who asks until something changes again.</summary>
internal sealed class LiveView
{
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly ServiceRegistry _registry;
    private readonly ImportTable _imports;
    private readonly NamesTable _names;
    private readonly HealthReader _health;
    private readonly FindingTable _findings;
    private readonly HealthWeights _weights;
    private readonly DateTimeOffset _started;

    public LiveView(ServiceRegistry registry, ImportTable imports, NamesTable names, HealthReader health, FindingTable findings, HealthWeights weights, DateTimeOffset started)
    {
        (_registry, _imports, _names, _health, _findings, _weights, _started) = (registry, imports, names, health, findings, weights, started);
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
        _health.Ask(snapshot);
        var kept = _kept.GetOrAdd(service, static _ => new Kept());
        var findings = _findings.Of(service);
        var callers = _registry.Watchers.Count(service);
        var (touches, before) = (kept.Touches, kept.Made);
        if (before is not null && before.Revision == snapshot.Revision && before.Touches == touches && before.Callers == callers && before.Findings.SequenceEqual(findings))
            return before.Answer;
        var document = LiveBuilder.Build(Inputs(snapshot, findings, callers));
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, document, ApiJson.Default.LiveInstancesDocument);
        var bytes = buffer.Written.Span;
        if (before is not null && bytes.SequenceEqual(before.Answer.Bytes.Span))
        {
            // What changed does not show: whoever has it need not be told.
            kept.Made = before with { Revision = snapshot.Revision, Touches = touches, Callers = callers, Findings = findings };
            return before.Answer;
        }

        // Since the start of the node: what is counted here begins anew with it.
        var answer = new LiveAnswer(document, bytes.ToArray(), string.Create(CultureInfo.InvariantCulture, $"{_started.ToUnixTimeMilliseconds():x}-{snapshot.Revision}-{kept.NextVersion()}"));
        kept.Made = new Made(snapshot.Revision, touches, callers, findings, answer);
        return answer;
    }

    /// <summary>The scores of a service's instances. Has them asked how they are, without waiting for them.</summary>
    public ServiceScoresDocument Scores(string service)
    {
        var snapshot = _registry.Catalog.GetService(service);
        _health.Ask(snapshot);
        return LiveBuilder.Scores(Inputs(snapshot, _findings.Of(service), _registry.Watchers.Count(service)));
    }

    /// <summary>Has the instances of a service asked again, although what is known is not old.</summary>
    public void Refresh(string service) => _health.Ask(_registry.Catalog.GetService(service), now: true);

    /// <summary>Completes when something about a service may have changed that is not in the catalog.</summary>
    public Task NextTouch(string service) => _kept.GetOrAdd(service, static _ => new Kept()).Next;

    private LiveInputs Inputs(ServiceSnapshot snapshot, IReadOnlyList<FindingDocument> findings, int callers) => new(
        snapshot, _imports.Of(snapshot.Service), _names.Of(snapshot.Service), _health.Of, findings, callers, _weights, _started);

    private void Touch(string service)
    {
        if (_kept.TryGetValue(service, out var kept))
            kept.Touch();
    }

    private sealed record Made(long Revision, long Touches, int Callers, IReadOnlyList<FindingDocument> Findings, LiveAnswer Answer);

    private sealed class Kept
    {
        private TaskCompletionSource _next = New();
        private long _touches;
        private long _versions;

        public Made? Made { get; set; }

        public long Touches => Interlocked.Read(ref _touches);

        public long NextVersion() => Interlocked.Increment(ref _versions);

        public Task Next => Volatile.Read(ref _next).Task;

        public void Touch()
        {
            Interlocked.Increment(ref _touches);
            Interlocked.Exchange(ref _next, New()).TrySetResult();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
