using System.Net;
using System.Net.Sockets;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>Somebody who speaks to a node byte by byte.</summary>
internal static class RawPeer
{
    public static async Task<Socket> ConnectAsync(GossipNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await Eventually.Within(socket.ConnectAsync(node.EndPoint!));
        return socket;
    }

    /// <summary>What comes until the node closes.</summary>
    public static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        var all = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            int count;
            try
            {
                count = await Eventually.Within(socket.ReceiveAsync(buffer.AsMemory()).AsTask());
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                return [.. all];
            }

            if (count == 0)
                return [.. all];
            all.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Sends and reads until the end.</summary>
    public static async Task<byte[]> ExchangeAsync(GossipNode node, byte[] bytes)
    {
        using var socket = await ConnectAsync(node);
        await socket.SendAsync(bytes);
        return await ReadAllAsync(socket);
    }

    /// <summary>The message of a plain reply.</summary>
    public static Arrival Decode(byte[] reply) => Arrival.Of(new WireOptions(), reply, fromDialer: false);

    public static async Task<byte[]> DatagramAsync(Socket socket, GossipNode node, byte[] packet)
    {
        await socket.SendToAsync(packet, node.EndPoint!);
        var buffer = new byte[2048];
        var received = await Eventually.Within(socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)));
        return buffer[..received.ReceivedBytes];
    }
}
