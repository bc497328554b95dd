using System.Diagnostics;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// The members by name, and the order in which they are probed. A member has a row from when it is added until it is removed; what refers to members by row must let go
/// of a row that is removed. Names are looked up as bytes, without making a string of them.
/// </summary>
internal sealed class MemberTable
{
    public const int None = -1;

    private readonly Stack<int> _free = [];
    private readonly Dictionary<ProtocolVersions, int> _liveVersions = [];
    private MemberEntry[] _rows = new MemberEntry[8];
    private int[] _order = new int[8];
    // Open addressing: row + 1, 0 where nobody is. At most three quarters full.
    private int[] _index = new int[16];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Members that are alive or suspect.</summary>
    public int LiveCount { get; private set; }

    public int FailedCount { get; private set; }

    /// <summary>Rows in the order in which they are probed.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, Count);

    /// <summary>All rows, free ones among them: what to walk where the order does not matter, as it goes through memory from one end to the other.</summary>
    public ReadOnlySpan<MemberEntry> Rows => _rows.AsSpan(0, _used);

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
        _order[place] = row;
        Count++;
        FailedCount++;
        _rows[row] = new() { Record = record, Since = now, State = MemberState.Dead };
        if (Count * 4 > _index.Length * 3)
            Reindex(_index.Length * 2);
        else
            Index(row);
        return row;
    }

    /// <summary>Takes the place for so many members at once.</summary>
    public void Reserve(int count)
    {
        if (count <= _rows.Length)
            return;
        Array.Resize(ref _rows, count);
        Array.Resize(ref _order, count);
        var size = _index.Length;
        while (count * 4L > size * 3L)
            size *= 2;
        if (size > _index.Length)
            Reindex(size);
    }

    public void SetState(int row, MemberState state, long now)
    {
        ref var member = ref _rows[row];
        Tally(member, -1);
        member.State = state;
        member.Since = now;
        Tally(member, 1);
    }

    /// <summary>The member says something else of itself; its name stays.</summary>
    public void SetRecord(int row, NodeRecord record)
    {
        ref var member = ref _rows[row];
        Tally(member, -1);
        member.Record = record;
        Tally(member, 1);
    }

    public void Shuffle(Random random) => random.Shuffle(_order.AsSpan(0, Count));

    /// <summary>Removes the members of these rows.</summary>
    public void Remove(ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty)
            return;
        foreach (var row in rows)
        {
            Tally(_rows[row], -1);
            _rows[row] = default;
            _free.Push(row);
        }

        var kept = 0;
        foreach (var row in Order)
        {
            if (_rows[row].Record is not null)
                _order[kept++] = row;
        }

        Count = kept;
        Reindex(_index.Length);
    }

    /// <summary>Whether a member of these versions and the live ones understand each other; what the member in the row spoke before does not count. They are of few kinds, however many they are.</summary>
    public bool GoTogether(in ProtocolVersions versions, int row)
    {
        if (_liveVersions.ContainsKey(versions))
            return true;
        var before = row != None && _rows[row].IsLive ? RecordOf(row).Versions : versions;
        var common = CommonVersions.All;
        common.Add(versions);
        foreach (var (others, count) in _liveVersions)
        {
            if (count > 1 || others != before)
                common.Add(others);
        }

        if (!common.Allows(versions))
            return false;
        foreach (var (others, count) in _liveVersions)
        {
            if ((count > 1 || others != before) && !common.Allows(others))
                return false;
        }

        return true;
    }

    private void Tally(in MemberEntry member, int change)
    {
        if (member.State == MemberState.Dead)
            FailedCount += change;
        if (!member.IsLive || member.Record is null)
            return;
        LiveCount += change;
        var versions = member.Record.Versions;
        var count = _liveVersions.GetValueOrDefault(versions) + change;
        if (count == 0)
            _liveVersions.Remove(versions);
        else
            _liveVersions[versions] = count;
    }

    private int TakeRow()
    {
        if (_free.TryPop(out var row))
            return row;
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
