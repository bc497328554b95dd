using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns;

/// <summary>Makes endpoints of records.</summary>
internal static class DnsEndpoints
{
    // A target that says no port has those that URIs have when they say none.
    private static readonly SmallMap<int> UsualPorts = new([new(Uri.UriSchemeHttp, 80), new(Uri.UriSchemeHttps, 443)]);

    /// <summary>One endpoint an address, its id address and port.</summary>
    public static ImmutableArray<Endpoint> OfAddresses(IEnumerable<IPAddress> addresses, int? port) =>
        [.. addresses.Distinct().Select(address => OfAddress(address, port))];

    /// <summary>
    /// One endpoint an address of each service record's target: its priority is the failover group, its weight, shared by the addresses, is scaled so that the heaviest
    /// of a group has 100.
    /// </summary>
    /// <param name="services">Service records (RFC 2782), without those that name the root.</param>
    /// <param name="addresses">The addresses of each record's target.</param>
    /// <param name="portName">What the port is called.</param>
    public static ImmutableArray<Endpoint> OfServices(
        IReadOnlyCollection<DnsRecord> services, IReadOnlyDictionary<string, ImmutableArray<IPAddress>> addresses, string portName)
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in services.GroupBy(static service => service.Priority).OrderBy(static group => group.Key))
        {
            // All zero means all alike.
            var isWeighted = group.Any(static service => service.Weight > 0);
            double Share(in DnsRecord service) => (isWeighted ? service.Weight : 1.0) / Math.Max(1, addresses[service.Target!].Length);
            var heaviest = group.Max(service => Share(service));
            foreach (var service in group)
            {
                var weight = Math.Max(1, (int)Math.Round(Endpoint.DefaultWeight * Share(service) / heaviest));
                var ports = new SmallMap<int>([new(portName, service.Port)]);
                foreach (var address in addresses[service.Target!])
                {
                    var id = string.Create(CultureInfo.InvariantCulture, $"{service.Target}:{service.Port}/{address}");
                    // Named twice, it is in the first of its groups.
                    if (ids.Add(id))
                        endpoints.Add(new Endpoint(id, address.ToString(), ports) { Weight = weight, Priority = group.Key });
                }
            }
        }

        return endpoints.ToImmutable();
    }

    private static Endpoint OfAddress(IPAddress address, int? port)
    {
        var host = address.ToString();
        var bracketed = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        return port is { } number
            ? new Endpoint(string.Create(CultureInfo.InvariantCulture, $"{bracketed}:{number}"), host, number)
            : new Endpoint(bracketed, host, UsualPorts);
    }
}
