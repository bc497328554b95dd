using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class StateAdapterTests
{
    private static readonly NodeAddress Peer = NodeAddress.From([127, 0, 0, 1], 9);

    private readonly MessageHub _messages = new(static () => { });
    private readonly StateAdapter _adapter;
    private readonly SwimCore _core;

    public StateAdapterTests()
    {
        _adapter = new(null, _messages, new Random(1), NullLogger.Instance);
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
}
