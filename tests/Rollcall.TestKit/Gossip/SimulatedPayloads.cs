using System.Runtime.InteropServices;

namespace Rollcall.TestKit.Gossip;

/// <summary>What events carry, kept beside them so that events stay small.</summary>
internal sealed class SimulatedPayloads<T>
{
    private readonly List<T> _items = [];
    private readonly Stack<int> _free = [];

    public int Add(T item)
    {
        if (_free.TryPop(out var at))
        {
            CollectionsMarshal.AsSpan(_items)[at] = item;
            return at;
        }

        _items.Add(item);
        return _items.Count - 1;
    }

    public T Take(int at)
    {
        _free.Push(at);
        return _items[at];
    }
}
