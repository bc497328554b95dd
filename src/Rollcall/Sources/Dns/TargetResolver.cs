using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Sources.Dns.Wire;
using Rollcall.Sources.Text;
using Rollcall.Watching;

namespace Rollcall.Sources.Dns;

/// <summary>Looks up what a target stands for: service records and the addresses of their targets, or addresses alone.</summary>
internal sealed class TargetResolver(LookupCache cache)
{
    /// <summary>The most targets that the service records of one name may have.</summary>
    public const int MaxServiceTargets = 1024;

    // Targets whose addresses the server did not send along are asked about side by side, but no server likes hundreds at once.
    private const int TargetsAtOnce = 16;

    /// <summary>What the target stands for.</summary>
    /// <param name="target">Names something to look up.</param>
    /// <param name="since">Findings of before this timestamp do not count.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DiscoveryException">It could not be found out.</exception>
    public async Task<Resolved> ResolveAsync(DnsTarget target, long since, CancellationToken cancellationToken)
    {
        if (target.Services is not { } services)
        {
            var addresses = await cache.GetAsync(target.Addresses!, since, cancellationToken);
            return Answer(DnsEndpoints.OfAddresses(AddressesOf(addresses.Findings.Records), target.Port), addresses.Findings.Doubt, addresses.ExpiresAt);
        }

        var found = await cache.GetAsync(services, since, cancellationToken);
        return found.Findings.Records.IsEmpty && target.Addresses is not null
            ? await RefuseAddressesAsync(target, found, since, cancellationToken)
            : await ResolveTargetsAsync(target, found, since, cancellationToken);
    }

    // The port has a name and nothing says its number. A name that does not exist at all is no mistake, though.
    private async Task<Resolved> RefuseAddressesAsync(DnsTarget target, Lookup services, long since, CancellationToken cancellationToken)
    {
        var (findings, _, expiresAt) = await cache.GetAsync(target.Addresses!, since, cancellationToken);
        return findings.Records.IsEmpty
            ? Answer([], findings.Doubt ?? services.Findings.Doubt, Math.Min(expiresAt, services.ExpiresAt))
            : throw new DiscoveryException(
                $"{target.Addresses!.Name} has addresses, but there is no SRV record {target.Services!.Name} that tells the number of its port '{target.PortName}'. " +
                $"Name the number, as in dns:///{target.Addresses.Name}:8080, or add the record.");
    }

    private async Task<Resolved> ResolveTargetsAsync(DnsTarget target, Lookup services, long since, CancellationToken cancellationToken)
    {
        var family = target.Services!.Family;
        var addresses = new Dictionary<string, ImmutableArray<IPAddress>>(StringComparer.Ordinal);
        foreach (var sent in services.Findings.Addresses.Where(record => IsOf(family, record)).GroupBy(static record => record.Name, StringComparer.Ordinal))
            addresses.Add(sent.Key, [.. AddressesOf(sent).Distinct()]);

        // A target that is the root says that the service is decidedly not available (RFC 2782).
        var records = services.Findings.Records.Where(static record => record.Target != DnsName.Root).ToArray();
        var names = records.Select(static record => record.Target!).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length > MaxServiceTargets)
            throw new DiscoveryException($"{target.Services.Name} has SRV records with {names.Length} targets; at most {MaxServiceTargets} are followed. Split the service.");

        // What stands twice is one endpoint for each address.
        var distinct = records.Where(static record => record.Port > 0).Select(static record => (Target: record.Target!, record.Port)).Distinct().ToArray();
        CheckCount();
        var (doubt, expiresAt) = (services.Findings.Doubt, services.ExpiresAt);
        foreach (var some in names.Where(name => !addresses.ContainsKey(name)).ToArray().Chunk(TargetsAtOnce))
        {
            var lookups = await Task.WhenAll(some.Select(name => TryAsync(new LookupKey(LookupKind.Addresses, name + ".", family, target.Services.Server), since, cancellationToken)));
            foreach (var (name, (lookup, failure)) in some.Zip(lookups))
            {
                addresses.Add(name, lookup is null ? [] : [.. AddressesOf(lookup.Findings.Records).Distinct()]);
                doubt ??= failure?.Message ?? lookup!.Findings.Doubt;
                expiresAt = Math.Min(expiresAt, lookup?.ExpiresAt ?? cache.Soonest());
            }

            CheckCount();
        }

        var wrong = records.FirstOrDefault(static record => record.Port == 0);
        if (wrong.Target is not null)
            doubt ??= $"The SRV record {target.Services.Name} of {wrong.Target} has no port, so it was left out";
        var usable = records.Where(static record => record.Port > 0).ToArray();
        var endpoints = DnsEndpoints.OfServices(usable, addresses, target.PortName!);
        return endpoints.IsEmpty && doubt is not null ? throw new DiscoveryException(doubt) : Answer(endpoints, doubt, expiresAt);

        // Each record times each address of its target: two answers can stand for millions, so they are counted before any is made.
        void CheckCount()
        {
            var count = distinct.Sum(service => addresses.TryGetValue(service.Target, out var some) ? some.Length : 0L);
            if (count > ServiceFile.MaxEndpoints)
                throw new DiscoveryException($"{target.Services.Name} has SRV records for {count} endpoints; a service may have at most {ServiceFile.MaxEndpoints}. Split the service.");
        }
    }

    private async Task<(Lookup? Lookup, DiscoveryException? Failure)> TryAsync(LookupKey key, long since, CancellationToken cancellationToken)
    {
        try
        {
            return (await cache.GetAsync(key, since, cancellationToken), null);
        }
        catch (DiscoveryException failure)
        {
            return (null, failure);
        }
    }

    private static bool IsOf(DnsAddressFamily family, in DnsRecord record) =>
        family == DnsAddressFamily.Any || (record.Type == RecordType.A) == (family == DnsAddressFamily.IPv4);

    private static IEnumerable<IPAddress> AddressesOf(IEnumerable<DnsRecord> records) => records.Select(static record => record.Address!);

    private static Resolved Answer(ImmutableArray<Endpoint> endpoints, string? doubt, long expiresAt) =>
        new(new SourceAnswer(endpoints, doubt is null ? Freshness.Live : Freshness.Fallback(doubt)), expiresAt);

    /// <summary>What a target stands for, and until when (a timestamp).</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Resolved(SourceAnswer Answer, long ExpiresAt);
}
