using System.Net;
using System.Net.Sockets;

namespace Rollcall.Node.Findings;

/// <summary>
/// Where a caller comes from, as far as it cannot be chosen freely: names cost nothing, and of an IPv6 address whoever has one has the lower half.
/// </summary>
internal static class CallerNetwork
{
    /// <summary>This machine: whoever is on it, or behind a proxy on it, is told apart by name alone.</summary>
    public const string Local = "local";

    private const int PrefixBytes = 8;

    /// <summary>The network of an address with a port: the IPv4 address, the first 64 bits of an IPv6 address, or <see cref="Local"/>.</summary>
    public static string Of(string remote)
    {
        if (!IPEndPoint.TryParse(remote, out var at))
            return remote.Contains(':', StringComparison.Ordinal) ? remote : Local; // a Unix socket has no address
        var address = at.Address.IsIPv4MappedToIPv6 ? at.Address.MapToIPv4() : at.Address;
        if (IPAddress.IsLoopback(address))
            return Local;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
