using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Rollcall.Registry;

namespace Rollcall.Node.Findings;

/// <summary>
/// Which instances are not ready because enough callers avoid them. A state machine: what callers say and the time are arguments, what is to be written is the answer. Used by one thread at a
/// time.
/// </summary>
/// <remarks>
/// A mark ends when too few callers avoid the instance any longer, when its instance is registered anew, and in any case after a while: callers send nothing to an instance that is not ready, so
/// that those who judge by answers have no other way to find out that it is well. After that, only what callers find from then on counts.
/// </remarks>
internal sealed class CallerQuorum(CallerOptions options)
{
    private const int MostTimes = 10;

    // Votes are sums of thirds and the like.
    private const double Rounding = 1e-9;

    private readonly Dictionary<InstanceKey, Mark> _marks = [];

    /// <summary>Services of which an instance is marked, or was until lately.</summary>
    public IReadOnlyCollection<string> Services => [.. _marks.Keys.Select(static key => key.Service).Distinct(StringComparer.Ordinal)];

    /// <summary>What is to be written of a service.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="instances">Its instances.</param>
    /// <param name="votes">What its callers say.</param>
    /// <param name="now">The time, since any moment.</param>
    public IReadOnlyList<CallerVerdict> Judge(string service, ImmutableArray<Instance> instances, CallerVotes votes, TimeSpan now)
    {
        Forget(service, instances, now);
        List<CallerVerdict> verdicts = [];
        List<Instance> marked = [], accused = [];
        var otherwiseReady = 0;
        foreach (var instance in instances)
        {
            var isOtherwiseReady = instance is { Draining: false, Expired: false, FailingCheck: null, OwnerReady: true };
            otherwiseReady += isOtherwiseReady ? 1 : 0;
            if (instance.CallersFinding is null)
            {
                if (isOtherwiseReady && Agree(votes.AgainstAsItIs(instance), votes))
                    accused.Add(instance);
            }
            else if (WhyOver(Adopt(instance.Key, now), votes.Against(instance), votes, now) is { } why)
            {
                verdicts.Add(new(instance, null, why));
            }
            else if (isOtherwiseReady)
            {
                marked.Add(instance);
            }
        }

        // Those of whom callers are surest first.
        var most = (int)Math.Floor((otherwiseReady * options.MaxShare) + Rounding);
        foreach (var instance in Ranked(marked, votes.Against).Skip(most))
            verdicts.Add(new(instance, null, "callers would have taken out too many of those that are left"));
        foreach (var instance in Ranked(accused, votes.AgainstAsItIs).Take(Math.Max(0, most - marked.Count)))
            verdicts.Add(new(instance, votes.Describe(instance), null));
        return verdicts;
    }

    /// <summary>A verdict was written.</summary>
    public void Written(CallerVerdict verdict, TimeSpan now)
    {
        var key = verdict.Instance.Key;
        var before = _marks.GetValueOrDefault(key);
        if (verdict.Finding is null)
        {
            _marks[key] = (before ?? new Mark(1, now, now)) with { EndedAt = now };
            return;
        }

        var times = Math.Min((before?.Times ?? 0) + 1, MostTimes);
        _marks[key] = new Mark(times, now + (options.RetryAfter * times), now);
    }

    /// <summary>How long a mark that was just written lasts at the most.</summary>
    public TimeSpan LengthOf(InstanceKey key) => options.RetryAfter * (_marks.GetValueOrDefault(key)?.Times ?? 1);

    private bool Agree(double against, CallerVotes votes) =>
        options.Quorum is { } quorum && against + Rounding >= options.MinCallers && against + Rounding >= quorum * votes.All;

    private string? WhyOver(Mark mark, double against, CallerVotes votes, TimeSpan now)
    {
        if (options.Quorum is null)
            return "what callers find is only shown";
        if (now >= mark.Ends)
            return "its time is over and callers try it again";
        return now < mark.HeldUntil || Agree(against, votes)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"only {against:0.#} of {votes.All} callers avoid it by now");
    }

    // Of before a restart: callers have had no time yet to repeat what they found.
    private Mark Adopt(InstanceKey key, TimeSpan now)
    {
        ref var mark = ref CollectionsMarshal.GetValueRefOrAddDefault(_marks, key, out _);
        return mark ??= new Mark(1, now + options.RetryAfter, now + FindingTable.Expiry);
    }

    // How often it was marked is remembered for a while, over a registration too: a restart into the same trouble is no new instance.
    private void Forget(string service, ImmutableArray<Instance> instances, TimeSpan now)
    {
        foreach (var (key, mark) in _marks)
        {
            if (!string.Equals(key.Service, service, StringComparison.Ordinal))
                continue;
            var at = instances.AsSpan().BinarySearch(new ById(key.Id));
            var isMarked = at >= 0 && instances[at].CallersFinding is not null;
            if (!isMarked && mark.EndedAt is null)
                _marks[key] = mark with { EndedAt = now };
            else if (mark.EndedAt is { } ended && now - ended > options.RetryAfter * MostTimes)
                _marks.Remove(key);
        }
    }

    private static IEnumerable<Instance> Ranked(List<Instance> instances, Func<Instance, double> votes) =>
        instances.OrderByDescending(votes).ThenBy(static instance => instance.Registration.Id, StringComparer.Ordinal);

    private readonly struct ById(string id) : IComparable<Instance>
    {
        public int CompareTo(Instance? other) => string.CompareOrdinal(id, other?.Registration.Id);
    }

    /// <param name="Times">How often in a row.</param>
    /// <param name="Ends">When it ends at the latest.</param>
    /// <param name="HeldUntil">Until when it does not end for want of callers.</param>
    /// <param name="EndedAt">When it ended; null while it holds.</param>
    private sealed record Mark(int Times, TimeSpan Ends, TimeSpan HeldUntil, TimeSpan? EndedAt = null);
}

/// <summary>That an instance is to be marked, or no longer.</summary>
/// <param name="Instance">Which, as it was looked at.</param>
/// <param name="Finding">What callers agree on; null when its mark is over.</param>
/// <param name="WhyOver">Why it is over, in words; null when it is to be marked.</param>
internal sealed record CallerVerdict(Instance Instance, string? Finding, string? WhyOver);
