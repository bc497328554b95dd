using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Serf;

/// <summary>Sends answers to queries: to who asked, and by as many others as it wants, for where datagrams between the two get lost. Passes on what others send by this node.</summary>
internal sealed class QueryReplies(ReadOnlyMemory<byte> name, Random random)
{
    /// <summary>Serf's own limit for an answer with all around it, and for one that is relayed.</summary>
    public const int MaxLength = 1024;

    /// <summary>Serf takes up to 255. As everybody answers each query, a forged one would make each member send that many; five is what Consul allows its operators.</summary>
    public const int MaxRelays = 5;

    private readonly List<MemberView> _members = [];
    private readonly byte[] _scratch = new byte[MaxLength + SerfCodec.MaxOverhead];
    private readonly byte[] _relayed = new byte[MaxLength + (2 * SerfCodec.MaxOverhead)];

    /// <summary>What of an answer is neither its payload nor the name in it.</summary>
    private const int Overhead = 64;

    /// <summary>The longest payload of an answer, where packets are short less than Serf's.</summary>
    public int MaxPayload(SwimCore core) => Math.Min(MaxLength, core.MaxUserMessageLength) - Overhead - name.Length;

    /// <summary>False where it is too long.</summary>
    public bool Send(SwimCore core, in Query query, QueryFlags flags, ReadOnlySpan<byte> payload, long now)
    {
        if (payload.Length > MaxPayload(core))
            return false;
        var length = SerfCodec.Write(_scratch, new QueryResponse(query.Time, query.Id, name.Span, flags, payload));
        core.Send(query.Address, _scratch.AsSpan(0, length), crc: false, now);
        if (query.RelayFactor > 0)
            Relay(core, query, _scratch.AsSpan(0, length), now);
        return true;
    }

    /// <summary>
    /// Passes a message on. An agent sends anything to anywhere; here it has to be an answer to a query and its destination a member, so that nobody can have a stranger sent to, and no message comes back to be relayed
    /// again. False where it is not.
    /// </summary>
    public bool Forward(SwimCore core, LamportClock clock, in RelayMessage relay, long now)
    {
        if (relay.Message.IsEmpty || relay.Message.Length > MaxLength || relay.Message[0] != (byte)SerfMessageType.QueryResponse || !IsMember(core, relay.Name, relay.To))
            return false;
        if (!SerfCodec.TryRead(relay.Message[1..], out QueryResponse response) || !clock.Believes(response.Time))
            return false;
        return core.Send(relay.To, relay.Message, crc: false, now);
    }

    /// <summary>Whether a member is there: the one of that name, or any where an old agent gives none.</summary>
    public bool IsMember(SwimCore core, ReadOnlySpan<byte> node, NodeAddress address)
    {
        if (!node.IsEmpty)
            return core.TryFind(node, out var found) && found.Record.Address == address;
        Load(core);
        return _members.Exists(member => member.Record.Address == address);
    }

    // As with agents: only where there are more members than are wanted, only by those that know relays, and never at the cost of an error.
    private void Relay(SwimCore core, in Query query, ReadOnlySpan<byte> response, long now)
    {
        Load(core);
        var wanted = Math.Min((int)query.RelayFactor, MaxRelays);
        if (_members.Count < wanted + 1)
            return;
        var length = SerfCodec.Write(_relayed, new RelayMessage(query.Address, query.SourceNode, response));
        if (length > MaxLength)
            return;
        var destination = query.Address;
        _members.RemoveAll(member => member.State != MemberState.Alive || member.Record.Versions.ProtocolMax < 5 || member.Record.Address == destination || member.Record.NameBytes.SequenceEqual(name.Span));
        for (; wanted > 0 && _members.Count > 0; wanted--)
        {
            var at = random.Next(_members.Count);
            core.Send(_members[at].Record.Address, _relayed.AsSpan(0, length), crc: false, now);
            _members.RemoveAt(at);
        }
    }

    private void Load(SwimCore core)
    {
        _members.Clear();
        core.CopyMembers(_members);
    }
}
