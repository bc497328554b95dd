using System.Net;
using System.Net.Sockets;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// Addresses as the protocol has them and as sockets do, kept so that a packet allocates neither. Who is asked for too many forgets them all: sources can be forged.
/// One caller at a time.
/// </summary>
internal sealed class AddressBook(AddressFamily family)
{
    private const int MaxKept = 8192;

    private readonly Dictionary<NodeAddress, SocketAddress> _bySocket = [];
    private readonly Dictionary<SocketAddress, NodeAddress> _byNode = [];
    private readonly IPEndPoint _template = new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    /// <summary>Null where a socket of this family cannot reach it.</summary>
    public SocketAddress? Of(NodeAddress address)
    {
        if (_bySocket.TryGetValue(address, out var known))
            return known;
        if (address.IsNone || address.Port == 0 || (family == AddressFamily.InterNetwork && address.Family != family))
            return null;
        var endPoint = address.ToEndPoint();
        if (endPoint.AddressFamily != family)
            endPoint.Address = endPoint.Address.MapToIPv6();
        if (_bySocket.Count == MaxKept)
            _bySocket.Clear();
        return _bySocket[address] = endPoint.Serialize();
    }

    /// <summary>The socket's own object may be given, and used again.</summary>
    public NodeAddress Of(SocketAddress address)
    {
        if (_byNode.TryGetValue(address, out var known))
            return known;
        var endPoint = (IPEndPoint)_template.Create(address);
        if (_byNode.Count == MaxKept)
            _byNode.Clear();
        return _byNode[endPoint.Serialize()] = NodeAddress.From(endPoint);
    }
}
