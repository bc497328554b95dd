namespace Rollcall.Gossip.Transport;

/// <summary>The ids of the last broadcasts. More than a node can have waiting in its queue, so that none is forgotten while it still goes round. For the loop alone.</summary>
internal sealed class SeenIds
{
    private const int Capacity = 8192;

    private readonly HashSet<ulong> _ids = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>Whether it is new.</summary>
    public bool Add(ulong id)
    {
        if (!_ids.Add(id))
            return false;
        _order.Enqueue(id);
        if (_order.Count > Capacity)
            _ids.Remove(_order.Dequeue());
        return true;
    }
}
