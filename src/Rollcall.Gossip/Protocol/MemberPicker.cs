namespace Rollcall.Gossip.Protocol;

internal enum PickKind
{
    /// <summary>Alive, to ask for an indirect ping or an exchange of states.</summary>
    Alive,

    /// <summary>Alive, suspect, or dead not long enough to be given up.</summary>
    GossipTarget,
}

/// <summary>Chooses members at random, each with the same chance; all that are eligible where there are no more than asked for.</summary>
internal static class MemberPicker
{
    public static int Pick(SwimContext context, Span<int> chosen, PickKind kind, int except = MemberTable.None)
    {
        var order = context.Members.Order;
        var count = 0;
        // Drawing is cheap where members are many and most are eligible. Where it does not find enough, all are looked at.
        if (order.Length > 3 * chosen.Length)
        {
            for (var draws = 3 * chosen.Length; draws > 0 && count < chosen.Length; draws--)
            {
                var row = order[context.Random.Next(order.Length)];
                if (IsEligible(context, row, kind, except) && !chosen[..count].Contains(row))
                    chosen[count++] = row;
            }
        }

        return count == chosen.Length ? count : PickFromAll(context, chosen, kind, except);
    }

    // A reservoir: the i-th eligible member takes a place with the chance of places / i.
    private static int PickFromAll(SwimContext context, Span<int> chosen, PickKind kind, int except)
    {
        var seen = 0;
        foreach (var row in context.Members.Order)
        {
            if (!IsEligible(context, row, kind, except))
                continue;
            seen++;
            var place = seen <= chosen.Length ? seen - 1 : context.Random.Next(seen);
            if (place < chosen.Length)
                chosen[place] = row;
        }

        return Math.Min(seen, chosen.Length);
    }

    private static bool IsEligible(SwimContext context, int row, PickKind kind, int except)
    {
        if (row == context.Self || row == except)
            return false;
        ref var member = ref context.Members[row];
        return kind switch
        {
            PickKind.Alive => member.State == MemberState.Alive,
            _ => member.IsLive || (member.State == MemberState.Dead && context.Now - member.Since <= context.Settings.GossipToTheDeadTime.Ticks),
        };
    }
}
