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
            Socket? listener = null;
            try
            {
                listener = StreamAcceptor.Listen(bind);
                var endPoint = (IPEndPoint)listener.LocalEndPoint!;
                return (listener, new PacketSocket(endPoint), endPoint);
            }
            catch (SocketException error)
            {
                listener?.Dispose();
                // The port that TCP was given may be somebody's for UDP.
                if (listener is null || error.SocketErrorCode != SocketError.AddressAlreadyInUse || bind.Port != 0 || left <= 1)
                    throw new SocketException((int)error.SocketErrorCode, $"{bind} cannot be listened at: {error.Message}");
            }
        }
    }

    /// <summary>Throws <see cref="SocketException"/> where it is to be found out, and there is none.</summary>
    public static NodeAddress Advertise(IPEndPoint? wanted, IPEndPoint listening)
    {
        if (wanted is not null)
            return NodeAddress.From(wanted.Port == 0 ? new(wanted.Address, listening.Port) : wanted);
        var isIPv6 = listening.Address.Equals(IPAddress.IPv6Any);
        if (!isIPv6 && !listening.Address.Equals(IPAddress.Any))
            return NodeAddress.From(listening);
        var own = Choose([.. Own(isIPv6)], isIPv6) ??
            throw new SocketException((int)SocketError.NetworkDown, $"{listening} cannot be listened at: this machine has no address yet that others could reach it by, and none is given to advertise.");
        return NodeAddress.From(new(own, listening.Port));
    }

    /// <summary>
    /// Of the machine's own addresses, each with whether it is where packets to the rest of the world leave from: that one first, then a private one, then any. IPv4 before IPv6, as members that have it alone are
    /// reached by it alone. Null where there is none that others could reach: one that they cannot would have this node taken for dead.
    /// </summary>
    public static IPAddress? Choose(IReadOnlyList<(IPAddress Address, bool IsRouted)> own, bool isIPv6) => own
        .Where(each => IsReachable(each.Address) && (isIPv6 || each.Address.AddressFamily == AddressFamily.InterNetwork))
        .OrderBy(static each => each.Address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
        .ThenBy(static each => each.IsRouted ? 0 : 1)
        .ThenBy(static each => IsPrivate(each.Address) ? 0 : 1)
        .Select(static each => each.Address)
        .FirstOrDefault();

    private static IEnumerable<(IPAddress Address, bool IsRouted)> Own(bool isIPv6)
    {
        if (Routed(AddressFamily.InterNetwork, "192.0.2.1") is { } routed)
            yield return (routed, true);
        if (isIPv6 && Routed(AddressFamily.InterNetworkV6, "2001:db8::1") is { } routedIPv6)
            yield return (routedIPv6, true);
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown))
                continue;
            foreach (var unicast in network.GetIPProperties().UnicastAddresses)
                yield return (unicast.Address, false);
        }
    }

    // Nothing is sent: the system looks up the route, and says by which of its addresses it would. The addresses are for documents alone, so that no route but the default one is theirs.
    private static IPAddress? Routed(AddressFamily family, string anywhere)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse(anywhere), 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // What is assigned to a link means another machine on each.
    private static bool IsReachable(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && address.GetAddressBytes() is not [169, 254, _, _] and not [0, 0, 0, 0];

    private static bool IsPrivate(IPAddress address) => address.GetAddressBytes() switch
    {
        [10, _, _, _] or [192, 168, _, _] => true,
        [172, var second, _, _] => second is >= 16 and <= 31,
        _ => address.IsIPv6UniqueLocal,
    };
}
