using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Sources.Dns.Wire;
using Rollcall.Sources.Text;

namespace Rollcall.Sources.Dns;

/// <summary>
/// What a target asks for: <c>dns:///name[:port]</c>, <c>dns:///name:portname</c>, <c>dns:///_svc._proto.name</c>, <c>dns+srv:///_svc._proto.name</c>,
/// each with a server of its own as authority (<c>dns://10.0.0.53:5353/name</c>) and <c>?family=ipv4</c>.
/// </summary>
internal sealed class DnsTarget
{
    public const string Scheme = "dns";
    public const string ServiceScheme = "dns+srv";
    public const string Examples =
        "Examples: dns:///orders.shop:8080, dns:///orders.shop:grpc, dns:///_grpc._tcp.orders.shop, dns+srv:///_grpc._tcp.orders.shop, dns://10.0.0.53:53/orders.shop:8080.";

    private const string FamilyKey = "family";

    private DnsTarget(IPAddress? literal, int? port, string? portName, LookupKey? addresses, LookupKey? services)
    {
        Literal = literal;
        Port = port;
        PortName = portName;
        Addresses = addresses;
        Services = services;
    }

    /// <summary>The address itself, which nobody has to be asked for.</summary>
    public IPAddress? Literal { get; }

    /// <summary>The port; null when the target does not say.</summary>
    public int? Port { get; }

    /// <summary>What the ports of <see cref="Services"/> are called.</summary>
    public string? PortName { get; }

    /// <summary>The lookup of the name's addresses; null when only a service is asked for.</summary>
    public LookupKey? Addresses { get; }

    /// <summary>The lookup of the service; null when none is asked for.</summary>
    public LookupKey? Services { get; }

    /// <exception cref="ArgumentException">The target is malformed.</exception>
    public static DnsTarget Parse(ServiceTarget target, DnsAddressFamily defaultFamily)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Fragment.Length > 0)
            throw Malformed(target, "it takes no #fragment");
        var family = FamilyOf(target) ?? defaultFamily;
        var server = ServerOf(target);
        var (host, port) = Split(target);
        if (port is "")
            throw Malformed(target, "no port follows on the colon");
        if (IPAddress.TryParse(host, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || IsDottedQuad(host)))
            return OfLiteral(target, address, port, server);
        if (!DnsName.IsHostName(host))
            throw Malformed(target, host.Length == 0 ? "it names nothing to look for" : $"'{host}' is no name: labels of 1 to 63 letters, digits, hyphens and underscores, 253 characters in all (international names in their xn-- form)");

        var name = host.ToLowerInvariant();
        if (TryServiceLabel(target, name, out var label))
        {
            return port is null
                ? new DnsTarget(null, null, label, null, new LookupKey(LookupKind.Services, name, family, server))
                : throw Malformed(target, $"the SRV records of {name} say the port, so leave ':{port}' out");
        }

        if (target.Scheme == ServiceScheme)
            throw Malformed(target, $"'{name}' does not begin with a service and a protocol, such as _http._tcp.{name}");
        var addresses = new LookupKey(LookupKind.Addresses, name, family, server);
        if (port is null)
            return new DnsTarget(null, null, null, addresses, null);
        if (EndpointText.TryParsePort(port, out var number))
            return new DnsTarget(null, number, null, addresses, null);
        var portName = port.ToLowerInvariant();
        if (char.IsAsciiDigit(port[0]) || !NameRules.IsLabel(portName))
            throw Malformed(target, $"'{port}' is neither a port, a number from 1 to 65535, nor the name of one");
        return new DnsTarget(null, null, portName, addresses, new LookupKey(LookupKind.Services, $"_{portName}._tcp.{name}", family, server));
    }

    /// <summary>A name server: its address, perhaps with a port.</summary>
    public static bool TryParseServer(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        if (!IPEndPoint.TryParse(text, out server))
            return false;
        if (server.Port == 0)
            server.Port = ResolvConf.DefaultPort;
        return true;
    }

    private static DnsTarget OfLiteral(ServiceTarget target, IPAddress address, string? port, IPEndPoint? server)
    {
        if (target.Scheme == ServiceScheme || server is not null)
            throw Malformed(target, $"{address} is an address, which needs no looking up");
        if (port is null)
            return new DnsTarget(address, null, null, null, null);
        return EndpointText.TryParsePort(port, out var number)
            ? new DnsTarget(address, number, null, null, null)
            : throw Malformed(target, $"'{port}' is no port: a number from 1 to 65535");
    }

    // "10.1" and "123" are addresses to IPAddress, but may be names.
    private static bool IsDottedQuad(string host) => host.AsSpan().Count('.') == 3;

    private static (string Host, string? Port) Split(ServiceTarget target)
    {
        var text = target.Path;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':') || !IPAddress.TryParse(text.AsSpan(1, end - 1), out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                throw Malformed(target, $"'{text}' is no IPv6 address with a port, such as [::1]:8080");
            return (text[1..end], end + 1 < text.Length ? text[(end + 2)..] : null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && text.IndexOf(':', colon + 1) >= 0)
            throw Malformed(target, $"'{text}' has more than one colon; put an IPv6 address in brackets, such as [::1]:8080");
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool TryServiceLabel(ServiceTarget target, string name, [NotNullWhen(true)] out string? label)
    {
        label = null;
        if (name[0] != '_')
            return false;
        var labels = name.TrimEnd('.').Split('.');
        if (labels.Length < 3 || labels[1][0] != '_' || !NameRules.IsLabel(labels[0].AsSpan(1)) || !NameRules.IsLabel(labels[1].AsSpan(1)))
            throw Malformed(target, $"'{name}' begins like a service and is none: _service._protocol.name, such as _http._tcp.orders");
        label = labels[0][1..];
        return true;
    }

    private static IPEndPoint? ServerOf(ServiceTarget target)
    {
        if (target.Authority.Length == 0)
            return null;
        return TryParseServer(target.Authority, out var server)
            ? server
            : throw Malformed(target, $"'{target.Authority}' is no name server: its address, perhaps with a port, such as 10.0.0.53 or [fd00::53]:5353. Where no own server is meant, write three slashes, {target.Scheme}:///{target.Authority}");
    }

    private static DnsAddressFamily? FamilyOf(ServiceTarget target)
    {
        DnsAddressFamily? family = null;
        foreach (var (key, value) in target.Query)
        {
            if (key != FamilyKey)
                throw Malformed(target, $"there is no parameter '{key}'; there is {FamilyKey}=ipv4, ipv6 or any");
            family = value switch
            {
                "any" => DnsAddressFamily.Any,
                "ipv4" => DnsAddressFamily.IPv4,
                "ipv6" => DnsAddressFamily.IPv6,
                _ => throw Malformed(target, $"'{value}' is no family of addresses; there are ipv4, ipv6 and any"),
            };
        }

        return family;
    }

    private static ArgumentException Malformed(ServiceTarget target, string problem) =>
        new($"The target {target} is malformed: {problem}. {Examples}", nameof(target));
}
