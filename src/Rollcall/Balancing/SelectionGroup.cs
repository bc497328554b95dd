using System.Collections.Immutable;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>
/// The endpoints of one failover group and what picks among them: those that the filters leave, or the spares behind them. Immutable but for the picker's own place in its cycle; what it takes to
/// pick among spares is made when it is first needed, which is hardly ever.
/// </summary>
internal sealed class SelectionGroup<T>
    where T : class, ISelectable
{
    private readonly ImmutableArray<BalancedEndpoint> _candidates;
    private readonly T?[] _all;
    private readonly IBalancer _balancer;

    // The picker is written last: who finds it finds the items.
    private ImmutableArray<T> _items = [];
    private IEndpointPicker? _picker;

    /// <param name="candidates">The endpoints, with the weights that the filters gave them.</param>
    /// <param name="all">What the consumer made of every endpoint of the snapshot, in its order.</param>
    /// <param name="balancer">The policy.</param>
    /// <param name="before">The group in the selection before.</param>
    /// <param name="isSpare">True when the filters have left these out.</param>
    public SelectionGroup(ImmutableArray<BalancedEndpoint> candidates, T?[] all, IBalancer balancer, SelectionGroup<T>? before, bool isSpare)
    {
        _candidates = candidates;
        _all = all;
        _balancer = balancer;
        IsSpare = isSpare;

        // A change that leaves the choice as it was, such as another freshness, must not start the cycle anew.
        var known = before is not null && before.IsSpare == isSpare && Volatile.Read(ref before._picker) is { } picker && AreSame(candidates.AsSpan(), before._candidates.AsSpan())
            ? picker
            : null;
        if (known is not null || !isSpare)
            Make(known);
    }

    /// <summary>How many there are to choose among.</summary>
    public int Count => _candidates.Length;

    /// <summary>True when they are for when none of the group before can be reached.</summary>
    public bool IsSpare { get; }

    /// <summary>The endpoints, with the weights that the filters gave them.</summary>
    public ImmutableArray<BalancedEndpoint> Candidates => _candidates;

    public ImmutableArray<T> Items
    {
        get
        {
            Ready();
            return _items;
        }
    }

    /// <summary>The policy at work.</summary>
    public IEndpointPicker Picker => Ready();

    /// <summary>The policy's choice, tried or not, avoided or not. Not for spares.</summary>
    public T Pick(in PickContext context) => _items[_picker!.Pick(context)];

    /// <summary>The place of one that was not tried yet, suits and is not avoided; -1 when there is none.</summary>
    /// <param name="context">What is known of the request.</param>
    /// <param name="health">Knows who is avoided.</param>
    /// <param name="tried">Who was tried already.</param>
    /// <param name="suits">Who suits; null when everybody does.</param>
    /// <param name="looks">True for who only looks: it takes nobody's try.</param>
    public int PickAllowed(PickContext context, ServiceHealth health, TriedEndpoints? tried, Func<T, bool>? suits = null, bool looks = false)
    {
        // The policy gets a few more turns, so that what the avoided one does not get is shared out; one with an order of its own is followed. Then the first that will do.
        var picker = Ready();
        var (at, turns) = (0, Turns(picker, Math.Min(4, _items.Length - 1)));
        for (var turn = 0; turn < turns; turn++)
        {
            at = picker.Pick(context);
            context = context.Next();
            if (MayPick(_items[at]))
                return at;
        }

        for (var i = 0; i < _items.Length; i++)
        {
            var next = (at + i) % _items.Length;
            if (MayPick(_items[next]))
                return next;
        }

        return -1;

        // Health is asked last: what it allows may be the one try of an avoided endpoint.
        bool MayPick(T item) => IsUntried(item, tried) && suits?.Invoke(item) != false && (looks ? health.WouldAllow(item.Endpoint) : health.Allows(item.Endpoint));
    }

    /// <summary>The place of one that was not tried yet, avoided or not; -1 when there is none.</summary>
    public int PickUntried(PickContext context, TriedEndpoints? tried)
    {
        var picker = Ready();
        var (at, turns) = (0, Turns(picker, 1));
        for (var turn = 0; turn < turns; turn++)
        {
            at = picker.Pick(context);
            context = context.Next();
            if (IsUntried(_items[at], tried))
                return at;
        }

        for (var i = 1; i < _items.Length; i++)
        {
            var next = (at + i) % _items.Length;
            if (IsUntried(_items[next], tried))
                return next;
        }

        return -1;
    }

    // Two threads may make it at the same time: one of the pickers is then used for a pick or two only.
    private IEndpointPicker Ready() => Volatile.Read(ref _picker) ?? Make(null);

    private IEndpointPicker Make(IEndpointPicker? known)
    {
        _items = ItemsOf(_candidates, _all);
        var picker = known ?? _balancer.CreatePicker(_candidates.AsSpan());
        Volatile.Write(ref _picker, picker);
        return picker;
    }

    private static int Turns(IEndpointPicker picker, int otherwise) => picker is IOrderedPicker { Turns: var turns } ? turns : otherwise;

    private static bool IsUntried(T item, TriedEndpoints? tried) => tried is null || !tried.Contains(item.Endpoint);

    // Filters keep the order, so that one pass over both finds every pair.
    private static ImmutableArray<T> ItemsOf(ImmutableArray<BalancedEndpoint> candidates, T?[] all)
    {
        var found = ImmutableArray.CreateBuilder<T>(candidates.Length);
        var at = 0;
        foreach (var candidate in candidates)
        {
            while (all[at] is not { } item || !ReferenceEquals(item.Endpoint.Load, candidate.Load))
                at++;
            found.Add(all[at++]!);
        }

        return found.MoveToImmutable();
    }

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
