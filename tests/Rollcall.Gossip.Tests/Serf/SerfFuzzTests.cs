using System.Buffers;
using System.Diagnostics;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>Serf's messages, changed at random by a seed, given to the whole layer: nothing throws, and what one makes the node send and tell is bounded.</summary>
public sealed class SerfFuzzTests
{
    private const int Rounds = 20_000;
    private const int MaxSent = 2 * (1 + QueryReplies.MaxRelays); // an ack and an answer, each with its relays

    private static readonly GossipKey Key = GossipKey.Generate();
    private static readonly byte[][] Corpus = Make();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_message_throws_or_makes_much_of_itself(int seed)
    {
        var random = new Random(seed);
        var (ring, serf, node) = Start(seed);
        var state = new ArrayBufferWriter<byte>();
        var seen = new Dictionary<SerfEventKind, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var sent = node.Sent.Count;
            node.Receive([(byte)MessageType.User, .. Mutate(random)], LoneNode.AddressOf("agent"));
            Assert.InRange(node.Sent.Count - sent, 0, MaxSent);
            Assert.InRange(serf.Events.Count, 0, 8);
            foreach (var told in serf.Events)
                seen[told.Kind] = seen.GetValueOrDefault(told.Kind) + 1;
            serf.ClearEvents();
            Assert.InRange(ring.Keys.Count, 1, KeyStore.MaxKeys);
            if (round % 500 != 0)
                continue;
            node.Advance(1);
            node.Sent.Clear();
            state.ResetWrittenCount();
            serf.WriteState(join: false, state);
            serf.MergeState(state.WrittenSpan, join: false, default, node.Now.Ticks);
        }

        // It was not all refused at the door.
        Assert.All(
            [SerfEventKind.Refused, SerfEventKind.UserEvent, SerfEventKind.KeysAsked, SerfEventKind.ConflictAnswered],
            kind => Assert.True(seen.GetValueOrDefault(kind) > 1, $"{kind}: {seen.GetValueOrDefault(kind)}"));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void Nothing_of_strange_members_and_states_throws_out_of_the_layer(int seed)
    {
        var random = new Random(seed);
        var (_, serf, node) = Start(seed);
        var names = AddStrangeMembers(node, random);
        var states = new[]
        {
            SerfBytes.State(9, 9, 9, [("agent", 3), ("other", 4), ("nobody", 5), ("me", 6)], ["other", "nobody"], [(3, "deploy", [1, 2, 3]), (4, "", [])]),
            SerfBytes.State(9, 9, 9, [("agent", 8), ("me", 8)], ["me", "agent"]),
            SerfBytes.State(events: [(1, "deploy", [1, 2, 3])], left: ["agent"]),
        };
        var own = new ArrayBufferWriter<byte>();
        var (answered, merged) = (0, 0);
        for (var round = 0; round < Rounds / 4; round++)
        {
            var name = names[random.Next(names.Count)];
            var query = SerfBytes.Query(random.Next(2) == 0 ? "_serf_conflict" : "_serf_ping", "agent", (uint)round, time: (ulong)round + 1, payload: name, flags: (QueryFlags)random.Next(2), relays: (byte)random.Next(3));
            node.Receive([(byte)MessageType.User, .. random.Next(2) == 0 ? query : Mutate(random, query)], LoneNode.AddressOf("agent"));
            var buffer = new byte[1024];
            var intent = random.Next(2) == 0
                ? SerfCodec.Write(buffer, new JoinIntent((ulong)round, name))
                : SerfCodec.Write(buffer, new LeaveIntent((ulong)round, name, prune: random.Next(4) == 0));
            node.Receive([(byte)MessageType.User, .. buffer.AsSpan(0, intent)], LoneNode.AddressOf("agent"));
            var state = states[random.Next(states.Length)];
            node.Do((_, now) => serf.MergeState(random.Next(8) == 0 ? state : Mutate(random, state), join: random.Next(2) == 0, default, now));
            own.ResetWrittenCount();
            serf.WriteState(join: false, own);
            Assert.NotNull(SerfState.Read(own.WrittenSpan));
            Assert.InRange(serf.Events.Count, 0, 64);
            answered += serf.Events.Count(static told => told.Kind == SerfEventKind.ConflictAnswered);
            merged += serf.Events.Count(static told => told.Kind == SerfEventKind.StatusChanged);
            serf.ClearEvents();
            if (round % 100 == 0)
                node.Advance(1);
            node.Sent.Clear();
        }

        Assert.InRange(answered, 100, Rounds);
        Assert.InRange(merged, 20, Rounds * 8);
    }

    [Fact]
    public void No_answer_to_an_own_query_throws_or_counts_twice()
    {
        var random = new Random(4);
        var (_, serf, node) = Start(4);
        OwnQuery query = null!;
        node.Do((_, now) => query = serf.AskKeys(KeyOperation.List, null, now)!);
        var buffer = new byte[4096];
        var valid = SerfCodec.Write(new KeyAnswer(IsDone: true, "", [Key.ToBase64(), Key.ToBase64()], Key.ToBase64()));
        var reports = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var from = LoneNode.Bytes(random.Next(3) switch { 0 => "agent", 1 => "other", _ => "nobody" });
            var payload = Mutate(random, valid);
            var response = buffer[..SerfCodec.Write(buffer, new QueryResponse(query.Time, query.Id, from, (QueryFlags)random.Next(2), payload))];
            node.Receive([(byte)MessageType.User, .. Mutate(random, response)], LoneNode.AddressOf("agent"));
            if (!query.IsComplete && round % 200 != 0)
                continue;
            var report = serf.EndKeys(query, KeyOperation.List, null);
            Assert.Equal((3, 3 - report.Silent.Count), (report.Members, report.Answers));
            Assert.All(report.Keys.Values.Concat(report.PrimaryKeys.Values), count => Assert.InRange(count, 1, report.Answers));
            reports += report.Answers > 1 ? 1 : 0;
            node.Do((_, now) => query = serf.AskKeys(KeyOperation.List, null, now)!);
            serf.ClearEvents();
            node.Sent.Clear();
        }

        Assert.InRange(reports, 100, Rounds);
    }

    [Fact]
    public void No_filter_takes_long()
    {
        var random = new Random(5);
        var meta = SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = new('a', 480) })!;
        string[] parts = ["a", "(a*)*", "(a|a?)+", "a{1,4}", "a{1,200}", "{2}", "{0,60}", "(", ")", "[a-z]", "$", "^", "|", "\\w", "*", "x", "(?i)", "."];
        var (passed, longest) = (0, TimeSpan.Zero);
        for (var round = 0; round < 3000; round++)
        {
            var expression = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => parts[random.Next(parts.Length)]));
            var filters = SerfBytes.Filters(SerfBytes.TagFilter("role", expression));
            var start = Stopwatch.GetTimestamp();
            long expressions = SerfQueries.MaxExpressions;
            passed += QueryFilters.Pass(round % 2 == 0 ? filters : Mutate(random, filters), "me"u8, meta, ref expressions) ? 1 : 0;
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }

        Assert.InRange(passed, 30, 3000);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(2)); // and not minutes, as it is with back-tracking
    }

    private static (GossipKeyring Ring, SerfLayer Serf, LoneNode Node) Start(int seed)
    {
        var ring = new GossipKeyring(Key);
        var serf = new SerfLayer("me"u8.ToArray(), new Random(seed), new(ring, isSealed: true));
        var node = new LoneNode(LoneNode.Quiet, application: serf);
        foreach (var name in new[] { "agent", "other" })
        {
            node.Answering.Add(name);
            node.Alive(name);
        }

        serf.MergeState([0x02, 0x80], join: true, default, 0);
        serf.ClearEvents();
        return (ring, serf, node);
    }

    private static List<byte[]> AddStrangeMembers(LoneNode node, Random random)
    {
        List<byte[]> names = ["me"u8.ToArray(), "agent"u8.ToArray(), "nobody"u8.ToArray()];
        var buffer = new byte[2048];
        for (var i = 0; i < 60; i++)
        {
            var (name, meta) = (new byte[random.Next(1, 256)], new byte[random.Next(513)]);
            random.NextBytes(name);
            random.NextBytes(meta);
            if (random.Next(3) == 0)
                meta.AsSpan().Fill(0x80);
            if (meta.Length > 2 && random.Next(2) == 0)
                (meta[0], meta[1]) = (0xff, (byte)random.Next(0x80, 0x90));
            var length = MessageCodec.Write(buffer, new Alive(1, name, LoneNode.AddressOf($"at{i}"), meta, ProtocolVersions.Default));
            node.Receive(buffer.AsSpan(0, length), LoneNode.AddressOf("agent"));
            names.Add(name);
        }

        return names;
    }

    private static byte[][] Make()
    {
        var buffer = new byte[4096];
        var response = buffer[..SerfCodec.Write(buffer, new QueryResponse(1, 2, "agent"u8, QueryFlags.None, "payload"u8))];
        return
        [
            buffer[..SerfCodec.Write(buffer, new JoinIntent(7, "agent"u8))],
            buffer[..SerfCodec.Write(buffer, new LeaveIntent(8, "other"u8, prune: true))],
            buffer[..SerfCodec.Write(buffer, new UserEvent(9, "deploy"u8, "payload"u8, coalesces: true))],
            response,
            buffer[..SerfCodec.Write(buffer, new RelayMessage(LoneNode.AddressOf("other"), "other"u8, response))],
            SerfBytes.Query("_serf_conflict", "agent", 1, payload: "other"u8.ToArray(), flags: QueryFlags.Ack, relays: 1),
            SerfBytes.Query("_serf_ping", "agent", 2, flags: QueryFlags.Ack, filters: [SerfBytes.NodeFilter("me", "other"), SerfBytes.TagFilter("role", "^.*$")]),
            SerfBytes.Query("_serf_install-key", "agent", 3, payload: SerfBytes.KeyRequest(Key), relays: 2),
            SerfBytes.Query("_serf_use-key", "agent", 4, payload: SerfBytes.KeyRequest(Key)),
            SerfBytes.Query("_serf_remove-key", "agent", 5, payload: SerfBytes.KeyRequest(Key)),
            SerfBytes.Query("_serf_list-keys", "agent", 6, payload: [7, 0x81, 0xa3, (byte)'K', (byte)'e', (byte)'y', 0xa0], isOld: true),
        ];
    }

    private static byte[] Mutate(Random random, byte[]? from = null)
    {
        byte[] heads = [0x80, 0x8f, 0x9f, 0xc0, 0xc6, 0xcf, 0xd3, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff, 7, 9];
        var bytes = (from ?? Corpus[random.Next(Corpus.Length)]).ToList();
        for (var count = random.Next(4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = heads[random.Next(heads.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 32), bytes.Count - at)));
                    break;
                default:
                    bytes[at]++;
                    break;
            }
        }

        return [.. bytes];
    }
}
