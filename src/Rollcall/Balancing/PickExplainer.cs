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
    private const int PolicyTurns = 4;

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
        Filter(set, NothingLearned(set), Settings(options), whyUnusable: null);

    /// <summary>As a process decides that has learned something of the endpoints.</summary>
    internal ExplanationDocument Explain(EndpointSet set, ServiceHealth health, BalancingSettings settings, string? key, Func<Endpoint, string?>? whyUnusable)
    {
        var (left, steps, problem) = Filter(set, health, settings, whyUnusable);
        var balancer = balancers.Get(settings.Policy);
        var context = PickContext.ForKey(key);
        var groups = Candidates.Split(left);
        ImmutableArray<IEndpointPicker> pickers = [.. groups.Select(group => balancer.CreatePicker(group.AsSpan()))];
        var winner = Winner(groups, pickers, context, health, out var why);
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
            KeyHash = context.HasKey ? context.Key.ToString("x16", CultureInfo.InvariantCulture) : null,
            Considered = set.Endpoints.Length,
            Steps = steps,
            Candidates = [.. groups.SelectMany((group, i) => Describe(group, pickers[i] as IScoredPicker, context))],
            ScoreMeaning = pickers is [IScoredPicker scored, ..] ? scored.ScoreMeaning : null,
            Panicking = health.IsPanicking,
            Winner = winner?.Endpoint.Id,
            Why = why ?? $"Nobody: {problem ?? "no endpoint is known"}.",
        };
    }

    private ServiceHealth NothingLearned(EndpointSet set) => new(set.Target, _nothingLearned, new Random(0));

    private BalancingSettings Settings(BalancingOptions options)
    {
        var errors = BalancingOptionsValidator.Errors(options, balancers, "").ToArray();
        return errors.Length == 0 ? BalancingSettings.Of(options) : throw new ArgumentException(string.Join(' ', errors), nameof(options));
    }

    private (ImmutableArray<BalancedEndpoint> Left, IReadOnlyList<FilterStepDocument> Steps, string? Problem) Filter(
        EndpointSet set, ServiceHealth health, BalancingSettings settings, Func<Endpoint, string?>? whyUnusable)
    {
        var steps = new ExplanationSteps();
        var context = new FilterContext(health, _time.GetUtcNow()) { Listener = steps };
        var left = health.Read(set);
        var isEmpty = left.IsEmpty;
        if (whyUnusable is not null)
            left = steps.Apply(new UsableFilter(whyUnusable), left, context);
        foreach (var filter in FilterChain.Of(settings).Filters)
            left = steps.Apply(filter, left, context);
        return (left, steps.Steps, isEmpty || !left.IsEmpty ? null : context.Problem ?? "nobody is left");
    }

    // As a selection picks, but without letting an avoided endpoint have its try.
    private static BalancedEndpoint? Winner(
        ImmutableArray<ImmutableArray<BalancedEndpoint>> groups, ImmutableArray<IEndpointPicker> pickers, PickContext context, ServiceHealth health, out string? why)
    {
        why = null;
        BalancedEndpoint? first = null;
        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            var at = pickers[i].Pick(context);
            first ??= group[at];
            for (var turn = 0; turn < PolicyTurns + group.Length; turn++)
            {
                // The policy gets a few turns, then whoever comes next.
                at = turn == 0 ? at : turn < PolicyTurns ? pickers[i].Pick(context = context.Next()) : (at + 1) % group.Length;
                if (IsAvoided(group[at], health))
                    continue;
                why = Why(group, at, pickers[i], context, passedOver: turn > 0 || i > 0);
                return group[at];
            }
        }

        if (first is not null)
            why = "All are avoided, so that the policy's choice is taken all the same.";
        return first;
    }

    private static string Why(ImmutableArray<BalancedEndpoint> group, int at, IEndpointPicker picker, PickContext context, bool passedOver)
    {
        var choice = group.Length == 1
            ? "It is the only one left"
            : context.HasKey ? "The policy's choice for the key"
            : picker is IScoredPicker ? "The policy's choice by these scores; where it draws candidates at random, another time another"
            : $"The policy's choice this time; {(group[at].Weight > 0 ? Part(group, at).ToString("0.#%", CultureInfo.InvariantCulture) : "a part")} of all requests go to it";
        return passedOver ? $"{choice}, after those that are avoided were passed over." : $"{choice}.";
    }

    private static IEnumerable<CandidateDocument> Describe(ImmutableArray<BalancedEndpoint> group, IScoredPicker? scored, PickContext context) => group.Select((candidate, i) =>
    {
        var latency = candidate.Load.TrafficSoFar?.LastWindow.Latency ?? TimeSpan.Zero;
        return new CandidateDocument
        {
            Id = candidate.Endpoint.Id,
            Address = candidate.Endpoint.Host,
            Priority = candidate.Endpoint.Priority == 0 ? null : candidate.Endpoint.Priority,
            Zone = candidate.Endpoint.Zone,
            Weight = candidate.Endpoint.Weight,
            Share = Part(group, i),
            InFlight = candidate.InFlight,
            LatencySeconds = latency > TimeSpan.Zero ? latency.TotalSeconds : null,
            Score = scored?.Score(i, context) is { } score && double.IsFinite(score) ? score : null,
            Avoided = Volatile.Read(ref candidate.Load.Avoidance) is { } avoidance
                ? string.Create(CultureInfo.InvariantCulture, $"{(avoidance.IsEjection ? "ejected" : "avoided")} until {avoidance.Until.UtcDateTime:HH:mm:ss}Z: {avoidance.Detail}")
                : null,
        };
    });

    private static double Part(ImmutableArray<BalancedEndpoint> group, int at)
    {
        double total = 0;
        foreach (var endpoint in group)
            total += endpoint.Weight;
        return total == 0 ? 1.0 / group.Length : group[at].Weight / total;
    }

    private static bool IsAvoided(BalancedEndpoint endpoint, ServiceHealth health) =>
        Volatile.Read(ref endpoint.Load.Avoidance) is { } avoidance && !(avoidance.IsEjection && health.IsPanicking);
}
