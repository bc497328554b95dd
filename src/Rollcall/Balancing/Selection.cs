using System.Collections.Immutable;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>How a consumer uses the endpoints of a target.</summary>
/// <typeparam name="T">What it keeps of each.</typeparam>
/// <param name="Make">What it makes of an endpoint; null when it cannot use it, such as for want of a port.</param>
/// <param name="WhyNone">Why it cannot use any of these.</param>
internal sealed record SelectionUse<T>(Func<BalancedEndpoint, T?> Make, Func<IEnumerable<Endpoint>, string> WhyNone)
    where T : class, ISelectable;

/// <summary>One snapshot of a target, filtered and ready to pick from. Immutable but for the pickers' own places in their cycles.</summary>
internal sealed class Selection<T>
    where T : class, ISelectable
{
    private readonly ServiceHealth _health;
    private readonly ImmutableArray<SelectionGroup<T>> _groups;
    private ImmutableArray<BalancedEndpoint> _endpoints = [];
    private T?[] _items = [];

    private Selection(EndpointSet set, ServiceHealth health, ImmutableArray<SelectionGroup<T>> groups, string? problem)
    {
        Set = set;
        _health = health;
        _groups = groups;
        Count = groups.Sum(static group => group.Count);
        Problem = problem;
    }

    public EndpointSet Set { get; }

    /// <summary>How many there are to choose among, those of the last resort included.</summary>
    public int Count { get; }

    /// <summary>Why there is nothing to pick; null when there is.</summary>
    public string? Problem { get; }

    public static Selection<T> Build(EndpointSet set, SelectionUse<T> use, FilterChain filters, FilterContext context, IBalancer balancer, Selection<T>? before)
    {
        var endpoints = context.Health.Read(set);
        if (endpoints.IsEmpty)
            return new(set, context.Health, [], "no endpoint is known");

        // What cannot be used is no candidate, however ready it is.
        var items = Make(endpoints, use, before);
        var usable = Array.IndexOf(items, null) < 0 ? endpoints : [.. endpoints.Where((_, i) => items[i] is not null)];
        if (usable.IsEmpty)
            return new(set, context.Health, [], use.WhyNone(set.Endpoints)) { _endpoints = endpoints, _items = items };
        var candidates = filters.Apply(usable, context);
        var groups = ImmutableArray.CreateBuilder<SelectionGroup<T>>();
        foreach (var group in Candidates.Groups(candidates))
        {
            Add(group, isSpare: false);
            Add(SparesOf(group[0].Endpoint.Priority, context.Spares), isSpare: true);
        }

        return new(set, context.Health, groups.ToImmutable(), groups.Count == 0 ? context.Problem ?? "the filters leave none of the endpoints" : null)
        {
            _endpoints = endpoints,
            _items = items,
        };

        void Add(ImmutableArray<BalancedEndpoint> group, bool isSpare)
        {
            if (!group.IsEmpty)
                groups.Add(new(group, items, balancer, before is not null && groups.Count < before._groups.Length ? before._groups[groups.Count] : null, isSpare));
        }
    }

    /// <summary>Failover group by failover group, each with its spares behind it.</summary>
    public ImmutableArray<SelectionGroup<T>> Groups => _groups;

    /// <summary>
    /// The next one that was not tried yet, if possible one that is not avoided, of the first failover group that has one; null when every one was
    /// tried. Only for a selection without a <see cref="Problem"/>.
    /// </summary>
    public T? Pick(in PickContext context, TriedEndpoints? tried)
    {
        if (tried is null)
        {
            var first = _groups[0].Pick(context);
            if (_health.Allows(first.Endpoint))
                return first;
        }

        return PickOther(context, tried, looks: false) is { Group: { } group, At: var at } ? group.Items[at] : null;
    }

    /// <summary>What the first <see cref="Pick"/> for a request would choose, and how; but nobody's try is taken. Only for a selection without a <see cref="Problem"/>.</summary>
    public SelectionChoice<T> Look(in PickContext context)
    {
        var first = _groups[0].Picker.Pick(context);
        return _health.WouldAllow(_groups[0].Items[first].Endpoint)
            ? new(_groups[0], first, SelectionChoiceKind.First)
            : PickOther(context, tried: null, looks: true);
    }

    /// <summary>
    /// All there is to choose among, failover group by failover group: spares only of a group of which everybody is avoided, for who keeps connections must not keep them to
    /// those that are hardly ever used.
    /// </summary>
    public IEnumerable<T> Items => _groups.Where((group, i) => !group.IsSpare || _groups[i - 1].Candidates.All(ServiceHealth.IsAvoided)).SelectMany(static group => group.Items);

    /// <summary>As <see cref="Pick"/>, but only one that suits, and never one that is avoided; null when there is none.</summary>
    public T? PickAllowed(in PickContext context, TriedEndpoints? tried, Func<T, bool>? suits = null)
    {
        foreach (var group in _groups)
        {
            if (group.PickAllowed(context, _health, tried, suits) is >= 0 and var at)
                return group.Items[at];
        }

        return null;
    }

    /// <summary>A certain one, if it is among those there are to choose among and not avoided; else null.</summary>
    /// <param name="state">What <paramref name="isIt"/> needs to know.</param>
    /// <param name="isIt">Whether it is the one.</param>
    public T? FindAllowed<TState>(TState state, Func<T, TState, bool> isIt)
    {
        foreach (var group in _groups)
        {
            foreach (var item in group.Items)
            {
                if (isIt(item, state))
                    return _health.Allows(item.Endpoint) ? item : null;
            }
        }

        return null;
    }

    /// <summary>Whether there is one that was not tried yet and is not avoided, besides a certain one. Looks only; mostly the first or the second will do.</summary>
    public bool HasAllowed(BalancedEndpoint besides, TriedEndpoints? tried)
    {
        foreach (var group in _groups)
        {
            foreach (var item in group.Items)
            {
                if (!ReferenceEquals(item.Endpoint, besides) && tried?.Contains(item.Endpoint) != true && _health.WouldAllow(item.Endpoint))
                    return true;
            }
        }

        return false;
    }

    private SelectionChoice<T> PickOther(in PickContext context, TriedEndpoints? tried, bool looks)
    {
        foreach (var group in _groups)
        {
            if (group.PickAllowed(context, _health, tried, looks: looks) is >= 0 and var at)
                return new(group, at, SelectionChoiceKind.Allowed);
        }

        foreach (var group in _groups)
        {
            if (group.PickUntried(context, tried) is >= 0 and var at)
                return new(group, at, SelectionChoiceKind.Avoided);
        }

        return default;
    }

    // Mostly they are all of one failover group, and then there are no others to be told from.
    private static ImmutableArray<BalancedEndpoint> SparesOf(int priority, IReadOnlyList<BalancedEndpoint> spares)
    {
        if (spares.Count == 0)
            return [];
        var own = ImmutableArray.CreateBuilder<BalancedEndpoint>(spares.Count);
        foreach (var spare in spares)
        {
            if (spare.Endpoint.Priority == priority)
                own.Add(spare);
        }

        return own.DrainToImmutable();
    }

    // Most are as they were. Both sets are in order of id, so that one pass finds who is.
    private static T?[] Make(ImmutableArray<BalancedEndpoint> endpoints, SelectionUse<T> use, Selection<T>? before)
    {
        var items = new T?[endpoints.Length];
        var (old, at) = (before?._endpoints ?? [], 0);
        for (var i = 0; i < items.Length; i++)
        {
            var endpoint = endpoints[i];
            while (at < old.Length && !ReferenceEquals(old[at], endpoint) && string.CompareOrdinal(old[at].Endpoint.Id, endpoint.Endpoint.Id) < 0)
                at++;
            items[i] = at < old.Length && ReferenceEquals(old[at], endpoint) ? before!._items[at] : use.Make(endpoint);
        }

        return items;
    }
}
