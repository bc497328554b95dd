using System.Net;
using System.Net.Sockets;

namespace Rollcall.TestKit.Network;

/// <summary>
/// Ports of the loopback for programs that must be told theirs, or come back on it. None that the system hands out by itself: between the choice and the use of such a one
/// anybody who asks for any port, or dials, may get it. Each is given once to a process.
/// </summary>
public static class FreePorts
{
    // Above those of well-known servers, below those that systems hand out: Linux from 32768, others from 49152.
    private const int First = 10_000;
    private const int Count = 22_000;

    // Programs of tests that run side by side begin far from each other.
    private static int _taken = Environment.ProcessId % (Count / 100) * 100;

    /// <summary>One that is free for streams and for datagrams.</summary>
    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _taken) % Count);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
                return port;
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
