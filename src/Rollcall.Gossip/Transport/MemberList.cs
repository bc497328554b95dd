using System.Collections;
using System.Collections.Immutable;

namespace Rollcall.Gossip.Transport;

/// <summary>The members of one moment in the order of their names. They are put in a row when somebody reads them: a large cluster changes more often than it is looked at.</summary>
internal sealed class MemberList(ImmutableSortedDictionary<string, Member> members) : IReadOnlyList<Member>
{
    private Member[]? _row;

    public int Count => members.Count;

    private Member[] Row => Volatile.Read(ref _row) ?? PutInRow();

    public Member this[int index] => Row[index];

    public IEnumerator<Member> GetEnumerator() => ((IEnumerable<Member>)Row).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Member[] PutInRow()
    {
        Member[] row = [.. members.Values];
        return Interlocked.CompareExchange(ref _row, row, null) ?? row;
    }
}
