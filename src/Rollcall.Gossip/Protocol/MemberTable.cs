using System.Diagnostics;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// The members by name, and the order in which they are probed. A member has a row from when it is added until it is removed; what refers to members by row must let go
/// of a row that is removed. Names are looked up as bytes, without making a string of them.
/// </summary>
internal sealed class MemberTable
{
    public const int None = -1;

    private MemberEntry[] _rows = new MemberEntry[8];
    private int[] _order = new int[8];
    // Open addressing: row + 1, 0 where nobody is. At most half full.
    private int[] _index = new int[16];
    private int _used;
    private int _free = None;

    public int Count { get; private set; }

    /// <summary>Members that are alive or suspect.</summary>
    public int LiveCount { get; private set; }

    public int FailedCount { get; private set; }

    /// <summary>Rows in the order in which they are probed.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, Count);

    public ref MemberEntry this[int row] => ref _rows[row];

    public NodeRecord RecordOf(int row) => _rows[row].Record ?? throw new UnreachableException("A row that is referred to has a member.");

    public MemberView View(int row) => new(RecordOf(row), _rows[row].Incarnation, _rows[row].State, _rows[row].Since);

    /// <summary>The row of the name, or <see cref="None"/>.</summary>
    public int Find(ReadOnlySpan<byte> name) => Find(name, NodeRecord.HashOf(name));

    public int Find(ReadOnlySpan<byte> name, int hash)
    {
        var mask = _index.Length - 1;
        for (var at = hash & mask; _index[at] != 0; at = (at + 1) & mask)
        {
            var record = RecordOf(_index[at] - 1);
            if (record.Hash == hash && record.NameBytes.SequenceEqual(name))
                return _index[at] - 1;
        }

        return None;
    }

    /// <summary>Adds a dead member of incarnation 0 at a random place of the order, so that a newcomer is not probed by all at the same time. The name must be new.</summary>
    public int Add(NodeRecord record, long now, Random random)
    {
        var row = TakeRow();
        if (Count == _order.Length)
            Array.Resize(ref _order, Grown(Count));
        var place = random.Next(Count + 1);
        _order[Count] = _order[place];
        if (place != Count)
            _rows[_order[Count]].Position = Count;
        _order[place] = row;
        Count++;
        FailedCount++;
        _rows[row] = new() { Record = record, Since = now, State = MemberState.Dead, Position = place };
        if (Count * 2 > _index.Length)
            Reindex(_index.Length * 2);
        else
            Index(row);
        return row;
    }

    public void SetState(int row, MemberState state, long now)
    {
        ref var member = ref _rows[row];
        Tally(member.State, -1);
        Tally(state, 1);
        member.State = state;
        member.Since = now;
    }

    public void Shuffle(Random random)
    {
        random.Shuffle(_order.AsSpan(0, Count));
        Renumber();
    }

    /// <summary>Removes the members of these rows.</summary>
    public void Remove(ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty)
            return;
        foreach (var row in rows)
        {
            Tally(_rows[row].State, -1);
            _rows[row] = new() { Position = _free };
            _free = row;
        }

        var kept = 0;
        foreach (var row in Order)
        {
            if (_rows[row].Record is not null)
                _order[kept++] = row;
        }

        Count = kept;
        Renumber();
        Reindex(_index.Length);
    }

    private void Renumber()
    {
        for (var at = 0; at < Count; at++)
            _rows[_order[at]].Position = at;
    }

    private void Tally(MemberState state, int change)
    {
        if (state is MemberState.Alive or MemberState.Suspect)
            LiveCount += change;
        else if (state == MemberState.Dead)
            FailedCount += change;
    }

    private int TakeRow()
    {
        if (_free != None)
        {
            var row = _free;
            _free = _rows[row].Position;
            return row;
        }

        if (_used == _rows.Length)
            Array.Resize(ref _rows, Grown(_used));
        return _used++;
    }

    // By a quarter: a simulation holds a table for each of its nodes, and half empty ones would be most of its memory.
    private static int Grown(int size) => size + Math.Max(8, size / 4);

    private void Reindex(int size)
    {
        if (size == _index.Length)
            Array.Clear(_index);
        else
            _index = new int[size];
        foreach (var row in Order)
            Index(row);
    }

    private void Index(int row)
    {
        var mask = _index.Length - 1;
        var at = RecordOf(row).Hash & mask;
        while (_index[at] != 0)
            at = (at + 1) & mask;
        _index[at] = row + 1;
    }
}
