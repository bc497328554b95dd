using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>Where a node listens, and what it tells others.</summary>
internal static class ListenAddress
{
    private const int Tries = 10;

    /// <summary>A TCP and a UDP socket at one address and port.</summary>
    public static (Socket Listener, PacketSocket Packets, IPEndPoint EndPoint) Bind(IPEndPoint bind)
    {
        for (var left = Tries; ; left--)
        {
            var listener = StreamAcceptor.Listen(bind);
            try
            {
                var endPoint = (IPEndPoint)listener.LocalEndPoint!;
                return (listener, new PacketSocket(endPoint), endPoint);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && bind.Port == 0 && left > 1)
            {
                listener.Dispose(); // the port that TCP was given is somebody's for UDP
            }
            catch
            {
                listener.Dispose();
                throw;
            }
        }
    }

    public static NodeAddress Advertise(IPEndPoint? wanted, IPEndPoint listening)
    {
        if (wanted is not null)
            return NodeAddress.From(wanted.Port == 0 ? new(wanted.Address, listening.Port) : wanted);
        var isAny = listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any);
        return NodeAddress.From(isAny ? new(OwnAddress(), listening.Port) : listening);
    }

    // A private IPv4 address before a public one, and any before none.
    private static IPAddress OwnAddress()
    {
        var addresses = NetworkInterface.GetAllNetworkInterfaces()
            .Where(static network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
            .Select(static unicast => unicast.Address)
            .Where(static address => address.AddressFamily == AddressFamily.InterNetwork)
            .ToArray();
        return addresses.FirstOrDefault(IsPrivate) ?? addresses.FirstOrDefault() ?? IPAddress.Loopback;
    }

    private static bool IsPrivate(IPAddress address) => address.GetAddressBytes() switch
    {
        [10, ..] or [192, 168, ..] => true,
        [172, var second, ..] => second is >= 16 and <= 31,
        _ => false,
    };
}
