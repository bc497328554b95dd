using System.Collections.Immutable;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>The endpoints of one failover group and what picks among them. Immutable but for the picker's own place in its cycle.</summary>
internal sealed class SelectionGroup<T>
    where T : class, ISelectable
{
    private readonly ImmutableArray<BalancedEndpoint> _candidates;
    private readonly ImmutableArray<T> _items;
    private readonly IEndpointPicker _picker;

    /// <param name="candidates">The endpoints, with the weights that the filters gave them.</param>
    /// <param name="items">What the consumer made of each, in the same order.</param>
    /// <param name="balancer">The policy.</param>
    /// <param name="before">The group in the selection before.</param>
    public SelectionGroup(ImmutableArray<BalancedEndpoint> candidates, ImmutableArray<T> items, IBalancer balancer, SelectionGroup<T>? before)
    {
        _candidates = candidates;
        _items = items;

        // A change that leaves the choice as it was, such as another freshness, must not start the cycle anew.
        _picker = before is not null && AreSame(candidates.AsSpan(), before._candidates.AsSpan()) ? before._picker : balancer.CreatePicker(candidates.AsSpan());
    }

    /// <summary>How many there are to choose among.</summary>
    public int Count => _items.Length;

    public ImmutableArray<T> Items => _items;

    /// <summary>The policy's choice, tried or not, avoided or not.</summary>
    public T Pick(in PickContext context) => _items[_picker.Pick(context)];

    /// <summary>One that was not tried yet, suits and is not avoided; null when there is none.</summary>
    public T? PickAllowed(PickContext context, ServiceHealth health, TriedEndpoints? tried, Func<T, bool>? suits = null)
    {
        // The policy gets a few more turns, so that what the avoided one does not get is shared out; one with an order of its own is followed. Then the first that will do.
        var (at, turns) = (0, Turns(Math.Min(4, _items.Length - 1)));
        for (var turn = 0; turn < turns; turn++)
        {
            at = _picker.Pick(context);
            context = context.Next();
            if (MayPick(_items[at]))
                return _items[at];
        }

        for (var i = 0; i < _items.Length; i++)
        {
            var item = _items[(at + i) % _items.Length];
            if (MayPick(item))
                return item;
        }

        return null;

        // Health is asked last: what it allows may be the one try of an avoided endpoint.
        bool MayPick(T item) => IsUntried(item, tried) && suits?.Invoke(item) != false && health.Allows(item.Endpoint);
    }

    /// <summary>One that was not tried yet, avoided or not; null when there is none.</summary>
    public T? PickUntried(PickContext context, TriedEndpoints? tried)
    {
        var (at, turns) = (0, Turns(1));
        for (var turn = 0; turn < turns; turn++)
        {
            at = _picker.Pick(context);
            context = context.Next();
            if (IsUntried(_items[at], tried))
                return _items[at];
        }

        for (var i = 1; i < _items.Length; i++)
        {
            var item = _items[(at + i) % _items.Length];
            if (IsUntried(item, tried))
                return item;
        }

        return null;
    }

    private int Turns(int otherwise) => _picker is IOrderedPicker { Turns: var turns } ? turns : otherwise;

    private static bool IsUntried(T item, TriedEndpoints? tried) => tried is null || !tried.Contains(item.Endpoint);

    private static bool AreSame(ReadOnlySpan<BalancedEndpoint> now, ReadOnlySpan<BalancedEndpoint> before)
    {
        if (now.Length != before.Length)
            return false;
        for (var i = 0; i < now.Length; i++)
        {
            if (!ReferenceEquals(now[i], before[i])
                && (!ReferenceEquals(now[i].Load, before[i].Load) || now[i].Weight != before[i].Weight || now[i].Endpoint != before[i].Endpoint))
                return false;
        }

        return true;
    }
}
