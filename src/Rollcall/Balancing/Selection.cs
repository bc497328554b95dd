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
            Add(group);
            Add([.. context.Spares.Where(spare => spare.Endpoint.Priority == group[0].Endpoint.Priority)]);
        }

        return new(set, context.Health, groups.ToImmutable(), groups.Count == 0 ? context.Problem ?? "the filters leave none of the endpoints" : null)
        {
            _endpoints = endpoints,
            _items = items,
        };

        void Add(ImmutableArray<BalancedEndpoint> group)
        {
            if (!group.IsEmpty)
                groups.Add(new(group, ItemsOf(group, items), balancer, before?._groups.ElementAtOrDefault(groups.Count)));
        }
    }

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

        foreach (var group in _groups)
        {
            if (group.PickAllowed(context, _health, tried) is { } allowed)
                return allowed;
        }

        foreach (var group in _groups)
        {
            if (group.PickUntried(context, tried) is { } avoided)
                return avoided;
        }

        return null;
    }

    /// <summary>All there is to choose among, failover group by failover group.</summary>
    public IEnumerable<T> Items => _groups.SelectMany(static group => group.Items);

    /// <summary>As <see cref="Pick"/>, but only one that suits, and never one that is avoided; null when there is none.</summary>
    public T? PickAllowed(in PickContext context, TriedEndpoints? tried, Func<T, bool> suits)
    {
        foreach (var group in _groups)
        {
            if (group.PickAllowed(context, _health, tried, suits) is { } allowed)
                return allowed;
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

    /// <summary>The next one, tried or not, avoided or not.</summary>
    public T PickAny(in PickContext context) => _groups[0].Pick(context);

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

    // Filters keep the order, so that one pass over both finds every pair.
    private static ImmutableArray<T> ItemsOf(ImmutableArray<BalancedEndpoint> group, T?[] items)
    {
        var found = ImmutableArray.CreateBuilder<T>(group.Length);
        var at = 0;
        foreach (var candidate in group)
        {
            while (items[at] is not { } item || !ReferenceEquals(item.Endpoint.Load, candidate.Load))
                at++;
            found.Add(items[at++]!);
        }

        return found.MoveToImmutable();
    }
}
