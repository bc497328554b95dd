using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// Finds out what is too much to be believed as a rumour, in an exchange of states with who must know: about a member with that member, about this node with one that believes it. Datagrams can be made up by anybody who
/// can send one; what comes over a stream to a member's address is that member's.
/// </summary>
internal sealed class Inquiry(SwimContext context)
{
    /// <summary>Probe intervals between two inquiries of a kind: a state is large in a large cluster, and who lies can lie often.</summary>
    public const int Gap = 4;

    private long _nextOfMembers = long.MinValue;
    private long _nextOfThis = long.MinValue;

    public void AskMember(NodeRecord member)
    {
        if (MayAsk(ref _nextOfMembers))
            context.Effects.Add(new StateExchange(member, Join: false));
    }

    /// <summary>Asks the member that a statement about this node came from, or any where that is none.</summary>
    public void AskWhoSaysSo(NodeAddress from)
    {
        if (!MayAsk(ref _nextOfThis))
            return;
        Span<int> chosen = stackalloc int[1];
        if (!TryFindAt(from, out chosen[0]) && MemberPicker.Pick(context, chosen, PickKind.Alive) == 0)
            return;
        context.Effects.Add(new StateExchange(context.Members.RecordOf(chosen[0]), Join: false));
    }

    private bool TryFindAt(NodeAddress address, out int found)
    {
        found = MemberTable.None;
        foreach (var row in context.Members.Order)
        {
            if (row != context.Self && context.Members[row].IsLive && context.Members.RecordOf(row).Address == address)
                found = row;
        }

        return found != MemberTable.None;
    }

    private bool MayAsk(ref long next)
    {
        if (context.Now < next)
            return false;
        next = context.Now + (Gap * context.Settings.ProbeInterval.Ticks);
        return true;
    }
}
