using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class StateAdapterTests
{
    private static readonly NodeAddress Peer = NodeAddress.From([127, 0, 0, 1], 9);

    private readonly MessageHub _messages = new(static () => { });
    private readonly StateAdapter _adapter;
    private readonly SwimCore _core;

    public StateAdapterTests()
    {
        _adapter = new(null, _messages, new Random(1), new VirtualTime(), NullLogger.Instance);
        var self = new NodeRecord("a"u8, Peer.WithPort(1), default, ProtocolVersions.Default);
        _core = new(ProtocolSettings.Local, self, new Effects(), new Random(1), _adapter);
        _adapter.Attach(_core);
        _core.Start(0);
    }

    [Fact]
    public async Task A_broadcast_is_passed_on_and_delivered_once()
    {
        await using var reader = _messages.Read(CancellationToken.None).GetAsyncEnumerator();
        var message = MessageEnvelope.WrapBroadcast(7, "hello"u8);
        _adapter.MessageReceived(message, Peer, 0);
        _adapter.MessageReceived(message, Peer, 0);
        Assert.Equal(1, _core.UserQueueLength);
        _messages.End();
        Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        Assert.Equal("hello"u8.ToArray(), reader.Current.Payload.ToArray());
        Assert.False(await Eventually.Within(reader.MoveNextAsync().AsTask()));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_state_of_the_application_that_does_not_fit_is_left_out_and_that_is_logged_once(int beyond, bool isSent)
    {
        var log = new LogRecorder();
        var state = new LongState { Length = _core.StateRoom + beyond };
        var adapter = new StateAdapter(state, _messages, new Random(1), new VirtualTime(), log);
        adapter.Attach(_core);
        for (var i = 0; i < 3; i++)
        {
            var written = new ArrayBufferWriter<byte>();
            adapter.WriteState(join: true, written);
            Assert.Equal(isSent ? state.Length : 0, written.WrittenCount);
        }

        Assert.Equal(isSent ? 0 : 1, log.Of(LogLevel.Error).Count(static line => line.Contains("too long for an exchange", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_an_application_wrote_before_it_threw_is_not_sent()
    {
        var log = new LogRecorder();
        var adapter = new StateAdapter(new LongState { Length = 10, Throws = true }, _messages, new Random(1), new VirtualTime(), log);
        adapter.Attach(_core);
        var written = new ArrayBufferWriter<byte>();
        adapter.WriteState(join: true, written);
        Assert.Equal(0, written.WrittenCount);
        Assert.Contains("could not be written", Assert.Single(log.Of(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_application_that_always_throws_fills_no_log(bool serf)
    {
        var time = new VirtualTime();
        var log = new LogRecorder();
        var adapter = new StateAdapter(new LongState { Length = 10, Throws = true }, _messages, new Random(1), time, log);
        IApplicationHost host = serf ? new SerfHost("a"u8.ToArray(), adapter, _messages, new(new(), isSealed: true), new Random(1)) : adapter;
        host.Attach(_core);
        using var metrics = new GossipMetrics(null, new(), static () => new(0, []));
        var reporter = new ProtocolReporter(metrics, new(time, log), time, log);
        var view = new MembershipView(new(), time, keepsGone: false);
        for (var i = 0; i < 20; i++)
        {
            adapter.WriteState(join: false, new ArrayBufferWriter<byte>());
            adapter.MergeState("x"u8, join: false, default, 0);
            host.Settle(view, reporter);
        }

        Assert.Single(log.Of(LogLevel.Error));
        time.Advance(LineLimiter.Interval);
        host.Settle(view, reporter);
        Assert.StartsWith("39 more times within 10 s", log.Of(LogLevel.Error).Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_whose_application_writes_too_much_is_joined_all_the_same(bool serf)
    {
        await using var cluster = new TestCluster();
        var seed = await cluster.StartAsync("seed", options => options.Serf = serf, new LongState { Length = 21 * 1024 * 1024 });
        var joiner = await cluster.StartAsync("joiner", options => options.Serf = serf);
        Assert.Equal(1, await Eventually.Within(joiner.JoinAsync([seed.EndPoint!.ToString()])));
        await Eventually.True(() => TestCluster.Live(seed) == 2 && TestCluster.Live(joiner) == 2);
    }

    [Fact]
    public void A_message_to_this_node_goes_no_further()
    {
        _adapter.MessageReceived("hello"u8, Peer, 0);
        Assert.Equal(0, _core.UserQueueLength);
    }

    [Fact]
    public async Task A_broadcast_of_this_node_that_comes_back_is_not_delivered()
    {
        await using var reader = _messages.Read(CancellationToken.None).GetAsyncEnumerator();
        _adapter.Broadcast("hello"u8, 0);
        var sent = MessageEnvelope.WrapBroadcast((ulong)new Random(1).NextInt64(), "hello"u8);
        _adapter.MessageReceived(sent, Peer, 0);
        Assert.Equal(1, _core.UserQueueLength);
        _messages.End();
        Assert.False(await Eventually.Within(reader.MoveNextAsync().AsTask()));
    }

    private sealed class LongState : IGossipState
    {
        public required int Length { get; init; }

        public bool Throws { get; init; }

        public void Write(IBufferWriter<byte> state, bool joining)
        {
            for (var left = Length; left > 0; left -= 1024 * 1024)
            {
                state.GetSpan(Math.Min(left, 1024 * 1024));
                state.Advance(Math.Min(left, 1024 * 1024));
            }

            if (Throws)
                throw new InvalidDataException("This application always fails.");
        }

        public void Merge(ReadOnlySpan<byte> state, bool joining)
        {
            if (Throws)
                throw new InvalidDataException("This application always fails.");
        }
    }
}
