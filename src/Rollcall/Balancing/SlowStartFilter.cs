using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// Lets the weight of an endpoint that has just become ready grow over a window: max(min share, (age / window)^(1 / aggression)) of the whole, in steps of a
/// hundredth, as Envoy's slow start does. Relative to the one of its failover group that is furthest on: where all are new, all get alike, for there is nobody to spare them.
/// </summary>
/// <remarks>
/// Before zones are weighed, and over all of them: so the first endpoint of a zone begins small, too, and its zone is taken for what it can carry at
/// present. Weighed after, such an endpoint would get the whole of its zone's share at once (envoyproxy/envoy#29008, #27440).
/// </remarks>
internal sealed class SlowStartFilter(SlowStartSettings settings) : IEndpointFilter
{
    private const int Steps = 100;

    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(100);

    public string Name => "slow-start";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        var newest = context.Now.UtcTicks - settings.Window.Ticks;
        List<Group> groups = [];
        var growing = 0;
        foreach (var candidate in candidates)
        {
            if (!Counts(candidate))
                continue;
            growing += candidate.Load.ReadySince > newest ? 1 : 0;
            Of(groups, candidate).Add(candidate.Load.ReadySince);
        }

        if (growing == 0)
            return candidates;
        var step = settings.Window / 20;
        context.RepeatWithin(step > ShortestStep ? step : ShortestStep);
        var weighted = ImmutableArray.CreateBuilder<BalancedEndpoint>(candidates.Length);
        var spared = 0;
        foreach (var candidate in candidates)
        {
            var next = Counts(candidate) ? Weighed(candidate, Of(groups, candidate).Oldest, context.Now) : candidate;
            spared += ReferenceEquals(next, candidate) ? 0 : 1;
            weighted.Add(next);
        }

        if (growing > 0 && context.Listener is { } listener)
            listener.Noted(this, Note(growing, spared));
        return spared == 0 ? candidates : weighted.MoveToImmutable();
    }

    private BalancedEndpoint Weighed(BalancedEndpoint candidate, long oldest, DateTimeOffset now)
    {
        var share = Share(candidate.Load.ReadySince, now) / Share(oldest, now);
        var step = (int)Math.Round(share * Steps);
        return step >= Steps ? candidate : candidate.WithWeight(Math.Max(1, (int)((long)candidate.Weight * step / Steps)));
    }

    private double Share(long readySince, DateTimeOffset now)
    {
        var part = (double)(now.UtcTicks - readySince) / settings.Window.Ticks;
        if (part >= 1)
            return 1;
        var grown = settings.Aggression == 1 ? part : Math.Pow(Math.Max(0, part), 1 / settings.Aggression);
        return Math.Max(settings.MinShare, grown);
    }

    private static bool Counts(BalancedEndpoint candidate) => candidate.Endpoint.State == EndpointState.Ready && candidate.Weight > 0;

    private static ref Group Of(List<Group> groups, BalancedEndpoint candidate)
    {
        var priority = candidate.Endpoint.Priority;
        var all = CollectionsMarshal.AsSpan(groups);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Priority == priority)
                return ref all[i];
        }

        groups.Add(new Group(priority));
        return ref CollectionsMarshal.AsSpan(groups)[^1];
    }

    private string Note(int growing, int spared) => string.Create(
        CultureInfo.InvariantCulture,
        $"{growing} became ready in the last {DurationText.Format(settings.Window)}; {(spared == 0 ? "there is nobody to spare them" : $"{spared} of them get less than their weight")}.");

    [StructLayout(LayoutKind.Auto)]
    private struct Group(int priority)
    {
        public int Priority { get; } = priority;

        public long Oldest { get; private set; } = long.MaxValue;

        public void Add(long readySince) => Oldest = Math.Min(Oldest, readySince);
    }
}
