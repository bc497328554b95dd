using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Gossip.Protocol;

/// <summary>A member that was forgotten: what it last was.</summary>
internal sealed record Tombstone(NodeRecord Record, uint Incarnation, MemberState State, long Since);

/// <summary>
/// What is kept of members past their removal, so that an old rumour does not bring them back, and so that one that failed can be tried again. At most <see cref="Max"/>, the oldest go first.
/// </summary>
internal sealed class Tombstones(long keepFor)
{
    public const int Max = 4096;

    private readonly Dictionary<int, Tombstone> _byHash = [];
    private readonly List<Tombstone> _failed = [];

    public int Count => _byHash.Count;

    /// <summary>Those that did not go on purpose.</summary>
    public IReadOnlyList<Tombstone> Failed => _failed;

    public void Add(in MemberView member, long now)
    {
        Remove(member.Record.NameBytes);
        if (_byHash.Count >= Max)
            RemoveOldest();
        var stone = new Tombstone(member.Record, member.Incarnation, member.State, now);
        _byHash[member.Record.Hash] = stone;
        if (member.State == MemberState.Dead)
            _failed.Add(stone);
    }

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Tombstone? stone) =>
        _byHash.TryGetValue(NodeRecord.HashOf(name), out stone) && stone.Record.NameBytes.SequenceEqual(name);

    public void Remove(ReadOnlySpan<byte> name)
    {
        if (TryFind(name, out var stone))
            Remove(stone);
    }

    /// <summary>Removes what has been kept for long enough.</summary>
    public void Sweep(long now)
    {
        List<Tombstone>? old = null;
        foreach (var stone in _byHash.Values)
        {
            if (now - stone.Since > keepFor)
                (old ??= []).Add(stone);
        }

        old?.ForEach(Remove);
    }

    private void RemoveOldest()
    {
        var oldest = _byHash.Values.MinBy(static stone => stone.Since);
        if (oldest is not null)
            Remove(oldest);
    }

    private void Remove(Tombstone stone)
    {
        _byHash.Remove(stone.Record.Hash);
        _failed.Remove(stone);
    }
}
