using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// Who wanted a name that was not free: a process that begins anew under another address while its old self is still held for alive, or is not dead for long enough. It gets the name when that is free, without
/// having to say so again: what it says now, it says to few, and to these in minutes. The latest incarnation wins, one claim a member is kept, and each for a while only.
/// </summary>
internal sealed class NameClaims(SwimContext context)
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly Dictionary<int, Claim> _byMember = [];

    public int Count => _byMember.Count;

    public void Note(int row, NodeRecord claimed, uint incarnation)
    {
        if (Reclaim <= 0)
            return;
        if (!_byMember.TryGetValue(row, out var known))
            known.AwaitedSince = long.MinValue;
        else if (incarnation < known.Incarnation && context.Now - known.Since <= KeptFor.Ticks)
            return;
        _byMember[row] = new() { Record = claimed, Incarnation = incarnation, Since = context.Now, AwaitedSince = known.AwaitedSince };
        if (context.Members[row].State == MemberState.Dead)
            Await(row);
    }

    /// <summary>The member has died: if somebody claims its name, a timer is set for when it is free.</summary>
    public void Died(int row)
    {
        if (_byMember.ContainsKey(row))
            Await(row);
    }

    public void Forget(int row) => _byMember.Remove(row);

    /// <summary>Takes the claim of a name that is free; false where there is none, or an old one.</summary>
    public bool TryTake(int row, [NotNullWhen(true)] out NodeRecord? claimed, out uint incarnation)
    {
        var isThere = _byMember.Remove(row, out var claim) && context.Now - claim.Since <= KeptFor.Ticks;
        claimed = isThere ? claim.Record : null;
        incarnation = claim.Incarnation;
        return isThere;
    }

    private long Reclaim => context.Settings.DeadNodeReclaimTime.Ticks;

    // One timer for each death, or claims without end would be timers without end.
    private void Await(int row)
    {
        ref var claim = ref CollectionsMarshal.GetValueRefOrNullRef(_byMember, row);
        var died = context.Members[row].Since;
        if (claim.AwaitedSince == died)
            return;
        claim.AwaitedSince = died;
        context.Timers.Set(TimerKind.NameFree, died + Reclaim + 1, (uint)row);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Claim
    {
        public NodeRecord Record;
        public uint Incarnation;
        public long Since;

        /// <summary>The death after which a timer is set for it.</summary>
        public long AwaitedSince;
    }
}
