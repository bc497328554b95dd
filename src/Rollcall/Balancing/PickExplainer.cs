using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Api;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>
/// Explains which endpoint of a snapshot a request would be sent to, with the same filters and policies that send it. Off the request path: nothing is sent, nobody's turn is taken.
/// Thread-safe.
/// </summary>
/// <param name="balancers">The policies.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class PickExplainer(Balancers balancers, TimeProvider? time = null)
{
    private const string NobodyKnown = "no endpoint is known";

    private static readonly SelectionUse<Explained> Use = new(static endpoint => new Explained(endpoint), static _ => NobodyKnown);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly HealthContext _nothingLearned = new(HealthSettings.Default, time ?? TimeProvider.System, new HealthMetrics(null), NullLogger.Instance);

    /// <summary>As a process decides that has sent nothing yet: no load, nobody avoided.</summary>
    /// <param name="set">The snapshot.</param>
    /// <param name="options">How endpoints are chosen; null for the defaults.</param>
    /// <param name="key">What the request has affinity to; null for nothing.</param>
    /// <exception cref="ArgumentException">An option breaks a rule; the message names every one.</exception>
    public ExplanationDocument Explain(EndpointSet set, BalancingOptions? options = null, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Explain(set, NothingLearned(set), Settings(options ?? new BalancingOptions()), key, whyUnusable: null);
    }

    /// <summary>Who is left of a snapshot after the filters, and what each of them did, in a process that has sent nothing yet.</summary>
    /// <exception cref="ArgumentException">An option breaks a rule; the message names every one.</exception>
    internal (ImmutableArray<BalancedEndpoint> Left, IReadOnlyList<FilterStepDocument> Steps, string? Problem) Filter(EndpointSet set, BalancingOptions options) =>
        Filter(set, NothingLearned(set), Settings(options));

    /// <summary>As a process decides that has learned something of the endpoints.</summary>
    internal ExplanationDocument Explain(EndpointSet set, ServiceHealth health, BalancingSettings settings, string? key, Func<Endpoint, string?>? whyUnusable)
    {
        var steps = new ExplanationSteps();
        var context = new FilterContext(health, _time.GetUtcNow()) { Listener = steps };
        var selection = Selection<Explained>.Build(set, Use, Chain(settings, whyUnusable), context, balancers.Get(settings.Policy), before: null);
        var request = PickContext.ForKey(key);
        var choice = selection.Problem is null ? selection.Look(request) : default;
        var now = _time.GetUtcNow();
        return new ExplanationDocument
        {
            Target = set.Target.ToString(),
            Policy = settings.Policy,
            Revision = set.Revision,
            ObservedAt = set.ObservedAt,
            AgeSeconds = Math.Max(0, (now - set.ObservedAt).TotalSeconds),
            Freshness = set.Freshness.Kind switch
            {
                FreshnessKind.Live => "live",
                FreshnessKind.Stale => "stale",
                _ => "fallback",
            },
            FreshnessReason = set.Freshness.Reason,
            Key = key,
            KeyHash = request.HasKey ? request.Key.ToString("x16", CultureInfo.InvariantCulture) : null,
            Considered = set.Endpoints.Length,
            Steps = steps.Steps,
            Candidates = [.. selection.Groups.Where(group => !group.IsSpare || ReferenceEquals(group, choice.Group)).SelectMany(group => Describe(group, request))],
            ScoreMeaning = selection.Groups is [{ Picker: IScoredPicker scored }, ..] ? scored.ScoreMeaning : null,
            Panicking = health.IsPanicking,
            Winner = choice.Group?.Candidates[choice.At].Endpoint.Id,
            Why = choice.Group is null ? $"Nobody: {selection.Problem}." : Why(choice, request),
        };
    }

    private ServiceHealth NothingLearned(EndpointSet set) => new(set.Target, _nothingLearned, new Random(0));

    private BalancingSettings Settings(BalancingOptions options)
    {
        var errors = BalancingOptionsValidator.Errors(options, balancers, "").ToArray();
        return errors.Length == 0 ? BalancingSettings.Of(options) : throw new ArgumentException(string.Join(' ', errors), nameof(options));
    }

    private (ImmutableArray<BalancedEndpoint> Left, IReadOnlyList<FilterStepDocument> Steps, string? Problem) Filter(EndpointSet set, ServiceHealth health, BalancingSettings settings)
    {
        var steps = new ExplanationSteps();
        var context = new FilterContext(health, _time.GetUtcNow()) { Listener = steps };
        var all = health.Read(set);
        var left = Chain(settings, whyUnusable: null).Apply(all, context);
        return (left, steps.Steps, all.IsEmpty ? NobodyKnown : left.IsEmpty ? context.Problem ?? "nobody is left" : null);
    }

    // What a consumer cannot use its selection leaves out by itself; here it is told as a step.
    private static FilterChain Chain(BalancingSettings settings, Func<Endpoint, string?>? whyUnusable) =>
        whyUnusable is null ? FilterChain.Of(settings) : new([new UsableFilter(whyUnusable), .. FilterChain.Of(settings).Filters]);

    private static string Why(in SelectionChoice<Explained> choice, in PickContext request)
    {
        var group = choice.Group!;
        if (choice.Kind == SelectionChoiceKind.Avoided)
            return "All are avoided, so that the policy's choice is taken all the same.";
        var what = group.Count == 1
            ? "It is the only one left"
            : request.HasKey ? "The policy's choice for the key"
            : group.Picker is IScoredPicker ? "The policy's choice by these scores; where it draws candidates at random, another time another"
            : $"The policy's choice this time; {(group.Candidates[choice.At].Weight > 0 ? Part(group.Candidates, choice.At).ToString("0.#%", CultureInfo.InvariantCulture) : "a part")} of all requests go to it";
        var after = group.IsSpare
            ? ", among those that the filters leave out, since all that they leave are avoided"
            : choice.Kind == SelectionChoiceKind.Allowed ? ", after those that are avoided were passed over" : "";
        return $"{what}{after}.";
    }

    private static IEnumerable<CandidateDocument> Describe(SelectionGroup<Explained> group, PickContext request)
    {
        var scores = (group.Picker as IScoredPicker)?.Scores(request);
        var total = Total(group.Candidates);
        return group.Candidates.Select((candidate, i) =>
        {
            var latency = candidate.Load.TrafficSoFar?.LastWindow.Latency ?? TimeSpan.Zero;
            return new CandidateDocument
            {
                Id = candidate.Endpoint.Id,
                Address = candidate.Endpoint.Host,
                Priority = candidate.Endpoint.Priority == 0 ? null : candidate.Endpoint.Priority,
                Zone = candidate.Endpoint.Zone,
                Weight = candidate.Endpoint.Weight,
                Share = group.IsSpare ? 0 : total == 0 ? 1.0 / group.Count : candidate.Weight / total,
                InFlight = candidate.InFlight,
                LatencySeconds = latency > TimeSpan.Zero ? latency.TotalSeconds : null,
                Score = scores?[i] is { } score && double.IsFinite(score) ? score : null,
                Avoided = Volatile.Read(ref candidate.Load.Avoidance) is { } avoidance
                    ? string.Create(CultureInfo.InvariantCulture, $"{(avoidance.IsEjection ? "ejected" : "avoided")} until {avoidance.Until.UtcDateTime:HH:mm:ss}Z: {avoidance.Detail}")
                    : null,
            };
        });
    }

    private static double Part(ImmutableArray<BalancedEndpoint> group, int at) => group[at].Weight / Total(group);

    private static double Total(ImmutableArray<BalancedEndpoint> group)
    {
        double total = 0;
        foreach (var endpoint in group)
            total += endpoint.Weight;
        return total;
    }

    private sealed class Explained(BalancedEndpoint endpoint) : ISelectable
    {
        public BalancedEndpoint Endpoint => endpoint;
    }
}
