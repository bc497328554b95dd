using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Serf;

/// <summary>
/// Queries: those of others, which are passed on once and answered where they are for this node, and its own, whose answers it gathers. Of what may be asked a node knows what agents ask each other: whether it is
/// there, who has a name, and its keys.
/// </summary>
internal sealed class SerfQueries(ReadOnlyMemory<byte> name, SerfMembers members, KeyStore keys, Random random, ICollection<SerfEvent> events)
{
    public const int MaxOwn = 16;

    /// <summary>Silent members that are asked again at once, so that their answers do not come all together.</summary>
    public const int MaxAgain = 128;

    /// <summary>Expressions in filters that are judged at once, and then in each second: an evil one takes a twentieth of it. What comes beyond is not for this node.</summary>
    public const int MaxExpressions = 32;
    public const int ExpressionsPerSecond = 4;

    /// <summary>Serf's: a query is open for so many intervals of gossip, times the order of magnitude of the cluster.</summary>
    private const int TimeoutMultiplier = 16;

    private readonly RecentEvents _recent = new();
    private readonly QueryReplies _replies = new(name, random);
    private readonly Dictionary<ulong, OwnQuery> _own = [];
    private long _expressions = MaxExpressions;
    private long _gainedAt;
    private ulong _firstKeyTime = ulong.MaxValue;

    public LamportClock Clock { get; } = new();

    /// <summary>Another member's state has been seen, to which the next query would be of that time. See <see cref="IsReplayed"/>.</summary>
    public void Met(ulong time) => _firstKeyTime = _firstKeyTime == ulong.MaxValue ? time : _firstKeyTime;

    /// <summary>This node has joined by a seed, and knows what time it is there. See <see cref="IsReplayed"/>.</summary>
    public void Joined() => _firstKeyTime = _firstKeyTime == ulong.MaxValue ? Clock.Time : Math.Max(_firstKeyTime, Clock.Time);

    /// <summary>True where it is to be passed on.</summary>
    public bool Ask(SwimCore core, in Query query, NodeAddress from, long now)
    {
        if (!_recent.Add(query.Time, Clock.Time, query.Id, query.Name, default))
            return false;
        var gained = (now - _gainedAt) / (TimeSpan.TicksPerSecond / ExpressionsPerSecond);
        if (gained > 0)
            (_expressions, _gainedAt) = (Math.Min(MaxExpressions, _expressions + gained), now);
        if (_replies.IsMember(core, query.SourceNode, query.Address) && QueryFilters.Pass(query.Filters, name.Span, core.Self.Meta, ref _expressions))
            Answer(core, query, from, now);
        return !query.Flags.HasFlag(QueryFlags.NoBroadcast);
    }

    /// <summary>An answer to one of its own queries.</summary>
    public void Take(in QueryResponse response)
    {
        if (_own.TryGetValue(response.Time, out var query) && query.Id == response.Id && query.Take(response) && query.IsComplete)
            events.Add(new(SerfEventKind.QueryAnswered, "") { Time = query.Time });
    }

    public bool Forward(SwimCore core, in RelayMessage relay, long now) => _replies.Forward(core, Clock, relay, now);

    /// <summary>Asks all other members about keys. Null where too many queries are open.</summary>
    public OwnQuery? AskKeys(SwimCore core, KeyOperation operation, GossipKey? key, long now)
    {
        if (_own.Count >= MaxOwn)
            return null;
        List<MemberView> known = [];
        core.CopyMembers(known);
        var others = known.Where(member => member.State is MemberState.Alive or MemberState.Suspect && !member.Record.NameBytes.SequenceEqual(name.Span)).Select(static member => member.Record.Name).ToArray();
        var timeout = core.Settings.GossipInterval * TimeoutMultiplier * Math.Ceiling(Math.Log10(others.Length + 2));
        var (time, id) = (Clock.Next(), (uint)random.Next());
        Span<byte> payload = stackalloc byte[64];
        payload = payload[..SerfCodec.WriteKeyRequest(payload, key is null ? default : key.Bytes)];
        var message = new byte[(2 * SerfCodec.MaxOverhead) + name.Length];
        var length = SerfCodec.Write(message, new Query
        {
            Time = time,
            Id = id,
            Address = core.Self.Address,
            SourceNode = name.Span,
            RelayFactor = 1, // one more way for each answer: who has answered does not do it again
            Timeout = (ulong)timeout.TotalNanoseconds,
            Name = KeyQueries.NameOf(operation),
            Payload = payload,
        });
        var query = new OwnQuery(time, id, message.AsMemory(0, length), others, timeout);
        _recent.Add(time, Clock.Time, id, KeyQueries.NameOf(operation), default);
        if (others.Length > 0)
            core.Broadcast(query.Message.Span, now);
        _own[time] = query;
        return query;
    }

    /// <summary>Sends the query to those that are silent. Gossip reaches everybody almost always; this is for the rest of the cases. Who has seen it does nothing.</summary>
    public static void AskAgain(SwimCore core, OwnQuery query, long now)
    {
        foreach (var silent in query.Silent.Take(MaxAgain))
        {
            if (core.TryFind(MemberName.Bytes(silent), out var member))
                core.Send(member.Record.Address, query.Message.Span, crc: false, now);
        }
    }

    /// <summary>
    /// Closes the query, does itself what it asked of the others, and says what all answered. It comes last, so that a member without the key that is to be used still understands the query and can say so.
    /// </summary>
    public GossipKeyReport EndKeys(OwnQuery query, KeyOperation operation, GossipKey? key)
    {
        Drop(query);
        var own = (MemberName.Text(name.Span), (KeyAnswer?)KeyQueries.Answer(keys, operation, key));
        return KeyReports.Of(operation, query.Answers.Select(static answer => (answer.Key, SerfCodec.ReadKeyAnswer(answer.Value))).Append(own), query.Silent);
    }

    /// <summary>Nobody waits for the query any more.</summary>
    public void Drop(OwnQuery query) => _own.Remove(query.Time);

    private void Answer(SwimCore core, in Query query, NodeAddress from, long now)
    {
        if (query.Flags.HasFlag(QueryFlags.Ack))
            _replies.Send(core, query, QueryFlags.Ack, default, now);
        if (query.Name.SequenceEqual(ConflictAnswer.QueryName))
            AnswerConflict(core, query, now);
        else if (KeyQueries.OperationOf(query.Name) is var operation and not KeyOperation.None)
            AnswerKeys(core, query, operation, from, now);
    }

    private void AnswerConflict(SwimCore core, in Query query, long now)
    {
        if (query.Payload.SequenceEqual(name.Span) || !core.TryFind(query.Payload, out var member))
            return;
        if (_replies.Send(core, query, QueryFlags.None, ConflictAnswer.Write(member, members.StatusOf(member.Record.Name), _replies.MaxPayload(core)), now))
            events.Add(new(SerfEventKind.ConflictAnswered, member.Record.Name));
    }

    private void AnswerKeys(SwimCore core, in Query query, KeyOperation operation, NodeAddress from, long now)
    {
        var answer = IsReplayed(query)
            ? KeyAnswer.Failed("The query is older than this node's part in the cluster; ask again.")
            : KeyQueries.Answer(keys, operation, query.Payload);
        _replies.Send(core, query, QueryFlags.None, KeyQueries.Fit(answer, _replies.MaxPayload(core)), now);
        events.Add(new(SerfEventKind.KeysAsked, MemberName.Text(query.SourceNode)) { From = from, Operation = operation, Words = answer.IsDone ? "" : answer.Words });
    }

    // Encryption does not keep a recorded query from being sent again by somebody without the key. A node that has seen it does not do it twice, one that has started since would. So keys are changed only by queries
    // later than all that its first exchange told of, and its join. Who plays an old exchange to it before it joins, and then an old query, is not held off.
    private bool IsReplayed(in Query query) => query.Time < _firstKeyTime;
}
