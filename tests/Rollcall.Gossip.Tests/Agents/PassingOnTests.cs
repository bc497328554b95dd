using System.Net;
using System.Net.Sockets;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>Two agents that reach each other only through a node of ours: what each is sent goes through a door that lets in the node alone.</summary>
public sealed class PassingOnTests
{
    [Fact]
    public async Task S39_An_event_of_an_agent_reaches_once_one_that_can_only_be_reached_through_a_node()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("ours", static options =>
        {
            options.Serf = true;
            options.ProbeInterval = GossipOptions.Local().ProbeInterval;
            options.GossipInterval = GossipOptions.Local().GossipInterval;
            options.ExchangeInterval = TimeSpan.Zero;
        });
        await using var sendersDoor = new Door(node.EndPoint!);
        await using var receiversDoor = new Door(node.EndPoint!);
        // With this profile agents exchange whole states, events among them, after a minute at the earliest: the event has to come as a rumour.
        await using var sender = await SerfAgent.StartAsync("sender", $"-advertise={sendersDoor.EndPoint}", "-profile=wan");
        await using var receiver = await SerfAgent.StartAsync("receiver", $"-advertise={receiversDoor.EndPoint}", "-profile=wan");
        sendersDoor.LeadsTo(sender.EndPoint);
        receiversDoor.LeadsTo(receiver.EndPoint);
        foreach (var agent in new[] { sender, receiver })
            await agent.RunAsync("join", node.EndPoint!.ToString());
        await Eventually.True(async () => await sender.StatusOfAsync("receiver") == "alive" && await receiver.StatusOfAsync("sender") == "alive");

        await sender.RunAsync("event", "-coalesce=false", "deploy", "payload");
        await Eventually.True(() => Events(receiver) > 0);
        // Another event after it: by then the first has been sent as often as it ever is.
        await sender.RunAsync("event", "-coalesce=false", "after", "payload");
        await Eventually.True(() => receiver.Log.Any(static line => line.Contains("user-event: after", StringComparison.Ordinal)));
        Assert.Equal(1, Events(receiver));
        Assert.True(sendersDoor.Refused + receiversDoor.Refused > 0, "The agents never tried each other.");
        Assert.Equal("alive", await sender.StatusOfAsync("receiver"));
    }

    private static int Events(SerfAgent agent) => agent.Log.Count(static line => line.Contains("user-event: deploy", StringComparison.Ordinal));

    /// <summary>Takes datagrams for somebody else and gives on those of one sender. Nobody listens here for streams.</summary>
    private sealed class Door : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly IPEndPoint _allowed;
        private readonly Task _running;
        private volatile IPEndPoint? _inside;
        private int _refused;

        public Door(IPEndPoint allowed)
        {
            _allowed = allowed;
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
            _running = RunAsync();
        }

        public IPEndPoint EndPoint { get; }

        public int Refused => Volatile.Read(ref _refused);

        public void LeadsTo(IPEndPoint inside) => _inside = inside;

        public async ValueTask DisposeAsync()
        {
            _socket.Dispose();
            await Eventually.Within(_running);
        }

        private async Task RunAsync()
        {
            var buffer = new byte[65_536];
            var anybody = new IPEndPoint(IPAddress.Any, 0);
            while (true)
            {
                try
                {
                    var received = await _socket.ReceiveFromAsync(buffer, anybody);
                    if (!_allowed.Equals(received.RemoteEndPoint))
                        Interlocked.Increment(ref _refused);
                    else if (_inside is { } inside)
                        await _socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), inside);
                }
                catch (Exception error) when (error is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
                {
                    return;
                }
                catch (SocketException)
                {
                    // Who is behind the door is not there yet, or any more.
                }
            }
        }
    }
}
