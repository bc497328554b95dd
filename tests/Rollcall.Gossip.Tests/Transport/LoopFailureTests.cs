using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>A bug in one step is one step's: nothing of it is done again, and what comes after it is done.</summary>
public sealed class LoopFailureTests
{
    [Fact]
    public async Task What_fails_is_passed_over_and_what_comes_after_it_is_done()
    {
        var log = new LogRecorder();
        var observer = new FailingObserver();
        var wire = new WireOptions();
        using var metrics = new GossipMetrics(null, new(), static () => new(0, []));
        using var socket = new PacketSocket(new(IPAddress.Loopback, 0));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var from = NodeAddress.From((IPEndPoint)peer.LocalEndPoint!);
        var self = new NodeRecord("self"u8, NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default);
        var core = new SwimCore(HostSettings.ProtocolOf(TestCluster.Options("self"), wire), self, new Effects(), new Random(1));
        using var loop = new GossipLoop(core, wire, socket, observer, metrics, new VirtualTime(), log);
        var running = loop.RunAsync();
        await loop.AskAsync(static (core, now) =>
        {
            core.Start(now);
            return true;
        });

        loop.Post(Alive("bad"), from);
        loop.Post(Alive("good"), from);
        await Eventually.True(() => observer.Joined.Contains("good"));
        Assert.Equal(["self", "bad", "good"], observer.Joined);

        // A whole step fails, after it has made a packet: an exchange that cannot be begun.
        observer.ExchangesFail = true;
        await loop.AskAsync(static (core, _) =>
        {
            core.Effects.Add(default(StateExchange));
            return true;
        });
        loop.Post(Ping(7), from);
        loop.Post(Ping(8), from);
        Assert.Equal((7u, 8u), (await AckAsync(peer), await AckAsync(peer)));
        Assert.Equal(1, observer.Exchanges);

        observer.SettlingFails = true;
        Assert.Equal("x", await Eventually.Within(loop.AskAsync(static (_, _) => "x")));
        Assert.InRange(log.Of(LogLevel.Error).Count(), 3, 5);
        loop.Stop();
        await Eventually.Within(running);
    }

    private static byte[] Alive(string name)
    {
        var bytes = new byte[200];
        return bytes[..MessageCodec.Write(bytes, new Alive(1, Encoding.UTF8.GetBytes(name), NodeAddress.From([127, 0, 0, 1], 9), default, ProtocolVersions.Default))];
    }

    private static byte[] Ping(uint number)
    {
        var bytes = new byte[200];
        return bytes[..MessageCodec.Write(bytes, new Ping(number, "self"u8, default, default))];
    }

    // Rumours may come between.
    private static async Task<uint> AckAsync(Socket peer)
    {
        var buffer = new byte[2048];
        while (true)
        {
            var length = await Eventually.Within(peer.ReceiveAsync(buffer));
            if (NumberOf(buffer.AsSpan(0, length)) is { } number)
                return number;
        }
    }

    private static uint? NumberOf(ReadOnlySpan<byte> message) =>
        message[0] == (byte)MessageType.Ack && MessageCodec.TryRead(message[1..], out Ack ack, out _) ? ack.SeqNo : null;

    private sealed class FailingObserver : ILoopObserver
    {
        private readonly List<string> _joined = [];

        public string[] Joined
        {
            get
            {
                lock (_joined)
                    return [.. _joined];
            }
        }

        public int Exchanges { get; private set; }

        public bool ExchangesFail { get; set; }

        public bool SettlingFails { get; set; }

        public void StartPing(StreamPing ping)
        {
            // Nobody is probed.
        }

        public void StartExchange(StateExchange exchange)
        {
            Exchanges++;
            if (ExchangesFail)
                throw new InvalidOperationException("no exchange");
        }

        public void Happened(in ProtocolEvent change, ReadOnlySpan<byte> payload)
        {
            if (change.Kind != EventKind.Joined)
                return;
            lock (_joined)
                _joined.Add(change.Record!.Name);
            if (change.Record.Name == "bad")
                throw new InvalidOperationException("no such member");
        }

        public void Refused(NodeAddress from, string reason)
        {
            // Nothing is.
        }

        public void Settled(SwimCore core)
        {
            if (SettlingFails)
                throw new InvalidOperationException("no settling");
        }
    }
}
