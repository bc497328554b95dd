using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Rollcall.Registration.Hosting;

/// <summary>Which of this machine's addresses another machine should use.</summary>
internal static class RouteAddress
{
    private static readonly TimeSpan LookUpLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The address of the interface that leads to <paramref name="node"/>: connecting a UDP socket sends nothing, but makes the system
    /// choose. When the node's name is not known, the address of the first interface that has a gateway; else loopback.
    /// </summary>
    public static async Task<string> TowardsAsync(Uri node, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookUpLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // IPv4 first: what listens on 0.0.0.0 has no other.
            var addresses = await Dns.GetHostAddressesAsync(node.IdnHost, either.Token);
            foreach (var address in addresses.OrderBy(static address => address.AddressFamily == AddressFamily.InterNetworkV6))
            {
                if (LocalAddressTowards(address, node.Port) is { } local)
                    return local;
            }
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The node's name is not known now; it may be later, and the choice must be made now.
        }

        return FromInterfaces() ?? IPAddress.Loopback.ToString();
    }

    private static string? LocalAddressTowards(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, port);
            return (socket.LocalEndPoint as IPEndPoint)?.Address.ToString();
        }
        catch (SocketException)
        {
            return null; // no route: the next address may have one
        }
    }

    private static string? FromInterfaces()
    {
        try
        {
            return FirstReachable(NetworkInterface.GetAllNetworkInterfaces());
        }
        catch (NetworkInformationException)
        {
            return null; // not allowed to look, as in some sandboxes
        }
    }

    private static string? FirstReachable(NetworkInterface[] adapters) => adapters
        .Where(static adapter => adapter.OperationalStatus == OperationalStatus.Up && adapter.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .Select(static adapter => adapter.GetIPProperties())
        .OrderByDescending(static properties => properties.GatewayAddresses.Count > 0)
        .SelectMany(static properties => properties.UnicastAddresses)
        .Select(static unicast => unicast.Address)
        .Where(static address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
        .OrderBy(static address => address.AddressFamily == AddressFamily.InterNetworkV6)
        .FirstOrDefault()?.ToString();
}
