using System.Net;
using System.Net.Sockets;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Transport;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>Alone: what the whole process allocates is counted.</summary>
[CollectionDefinition(nameof(SocketAllocationTests), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(SocketAllocationTests))]
public sealed class SocketAllocationTests
{
    private const int Packets = 5000;

    [Fact]
    public async Task A_ping_through_sockets_queue_protocol_and_back_allocates_nothing()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.ReceiveTimeout = (int)Eventually.Limit.TotalMilliseconds;
        var target = node.EndPoint!.Serialize();
        var ping = new byte[100];
        var length = MessageCodec.Write(ping, new Ping(7, "a"u8, default, default));
        var answer = new byte[100];
        var source = new SocketAddress(AddressFamily.InterNetwork);
        var least = long.MaxValue;
        var answered = 0;
        for (var round = 0; round < 10 && least > Packets; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Packets; i++)
            {
                socket.SendTo(ping.AsSpan(0, length), SocketFlags.None, target);
                answered += socket.ReceiveFrom(answer, SocketFlags.None, source) == 18 ? 1 : 0;
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(answered, Packets, 10 * Packets);
        // The thread pool and the runtime have some needs of their own; one object for each packet would be 24 bytes at the least.
        Assert.InRange(least, 0, Packets * 4);
    }

    [Fact]
    public void However_many_sources_there_are_few_are_kept()
    {
        var book = new AddressBook(AddressFamily.InterNetwork);
        var source = new IPEndPoint(IPAddress.Loopback, 1).Serialize();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 400_000; i++)
            book.Of(new IPEndPoint(i, 1).Serialize());
        Assert.Equal(IPAddress.Loopback, book.Of(source).ToEndPoint().Address);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 15_000_000);
        GC.KeepAlive(book);
    }
}
