using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Transport;

/// <summary>The UDP socket of a node. One sender, one receiver; neither allocates per packet.</summary>
internal sealed class PacketSocket : IDisposable
{
    // A burst of gossip from a large cluster fits; the system may allow less.
    private const int BufferBytes = 2 * 1024 * 1024;
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(100);

    private const int MaxFailures = 256;

    private readonly Socket _socket;
    private readonly AddressBook _targets;
    private readonly AddressBook _sources;
    private readonly Dictionary<NodeAddress, string> _failures = [];

    public PacketSocket(IPEndPoint bind)
    {
        _socket = new(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = BufferBytes, SendBufferSize = BufferBytes };
        try
        {
            if (bind.Address.Equals(IPAddress.IPv6Any))
                _socket.DualMode = true;
            _socket.Bind(bind);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _targets = new(bind.AddressFamily);
        _sources = new(bind.AddressFamily);
    }

    /// <summary>False where it is certain that it will not arrive.</summary>
    public bool TrySend(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        if (_targets.Of(to) is not { } address)
            return Fails(to, "its address is of another family");
        try
        {
            var isSent = _socket.SendTo(datagram, SocketFlags.None, address) == datagram.Length;
            if (_failures.Count > 0)
                _failures.Remove(to);
            return isSent;
        }
        catch (SocketException error)
        {
            return Fails(to, error.Message);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Why the last datagram to it was not sent; null where it was. For the sender alone.</summary>
    public string? FailureTo(NodeAddress to) => _failures.GetValueOrDefault(to);

    /// <summary>Gives each datagram away until the socket is closed.</summary>
    public async Task ReceiveAsync(Action<ReadOnlyMemory<byte>, NodeAddress> received, TimeProvider time, ILogger logger)
    {
        var buffer = GC.AllocateArray<byte>(WireLimits.MaxPacketBytes, pinned: true);
        var source = new SocketAddress(_socket.AddressFamily);
        var failures = new LineLimiter(time, 1);
        while (true)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, source);
                received(buffer.AsMemory(0, length), _sources.Of(source));
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
            {
                // Some systems report here that somebody else does not listen any more.
            }
            catch (Exception error)
            {
                // Whatever it is: a node that has stopped to listen would be taken for dead, and would take all others for dead.
                if (failures.TryTake() || failures.TryEnd(out _))
                    GossipLog.ReceiveFailed(logger, error.Message);
                await Task.Delay(FailurePause, time);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool Fails(NodeAddress to, string why)
    {
        if (_failures.Count < MaxFailures || _failures.ContainsKey(to))
            _failures[to] = why;
        return false;
    }
}
