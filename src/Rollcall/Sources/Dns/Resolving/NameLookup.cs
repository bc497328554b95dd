using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>
/// Finds what a name stands for the way the machine does: hosts file, search path, aliases, both families of addresses at once. There being none (NXDOMAIN, no
/// data) is a finding; not being told (SERVFAIL, REFUSED, silence) is a failure. The two are never mixed up.
/// </summary>
internal sealed class NameLookup(ResolverSettings settings, StubResolver resolver, TimeProvider time)
{
    /// <summary>How long a lookup may take with all its names, servers, attempts and aliases, unless a single answer may take longer.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(10);

    /// <summary>How many aliases in a row are followed; more are taken for a circle.</summary>
    public const int MaxAliases = 16;

    /// <summary>Looks.</summary>
    /// <exception cref="DiscoveryException">Nobody could be made to say.</exception>
    public async Task<Findings> FindAsync(LookupKey key, CancellationToken cancellationToken)
    {
        if (key.Kind == LookupKind.Addresses && key.Server is null && FindLocal(key) is { } local)
            return local;
        var conf = settings.Conf(key.Server);
        var timeout = resolver.TimeoutOf(conf);
        var deadline = new Deadline(time, timeout > MaxDuration ? timeout : MaxDuration);
        var ttl = TimeSpan.MaxValue;
        foreach (var name in key.Server is null ? SearchPath.NamesOf(key.Name, conf) : [key.Name.TrimEnd('.')])
        {
            var answer = key.Kind == LookupKind.Addresses
                ? await AskAddressesAsync(conf, name, key.Family, deadline, cancellationToken)
                : await AskAsync(conf, name, RecordType.Srv, deadline, cancellationToken);
            // This may be the right name: what a later one stands for would be somebody else's. And silence would go on, name after name.
            if (answer.Failure is { } failure)
                throw new DiscoveryException($"{failure}. Check the name servers ({settings.Origin(key.Server)}) and the zone.");
            if (!answer.Findings.Records.IsEmpty)
                return answer.Findings;
            ttl = answer.Findings.Ttl < ttl ? answer.Findings.Ttl : ttl;
        }

        return Findings.None(ttl);
    }

    // Null when DNS has to be asked. A file costs little to look at again, so it holds for the shortest time there is.
    private Findings? FindLocal(LookupKey key)
    {
        var name = key.Name.TrimEnd('.');
        var addresses = settings.Hosts.Find(name);
        // RFC 6761 section 6.3: whatever DNS says.
        if (addresses.IsEmpty && (name is "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal)))
            addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        var records = addresses
            .Where(address => key.Family == DnsAddressFamily.Any || (address.AddressFamily == AddressFamily.InterNetwork) == (key.Family == DnsAddressFamily.IPv4))
            .Select(address => new DnsRecord(name, address.AddressFamily == AddressFamily.InterNetwork ? RecordType.A : RecordType.Aaaa, 0, RecordSection.Answer) { Address = address })
            .ToImmutableArray();
        return records.IsEmpty ? null : new Findings(records, [], TimeSpan.Zero);
    }

    private async Task<Answer> AskAddressesAsync(ResolvConf conf, string name, DnsAddressFamily family, Deadline deadline, CancellationToken cancellationToken)
    {
        if (family != DnsAddressFamily.Any)
            return await AskAsync(conf, name, family == DnsAddressFamily.IPv4 ? RecordType.A : RecordType.Aaaa, deadline, cancellationToken);
        var answers = await Task.WhenAll(
            AskAsync(conf, name, RecordType.A, deadline, cancellationToken),
            AskAsync(conf, name, RecordType.Aaaa, deadline, cancellationToken));
        var (four, six) = (answers[0], answers[1]);
        if (four.Failure is null && six.Failure is null)
            return new(Join(four.Findings, six.Findings), null);
        // One family alone may be missing endpoints, which has to be seen; and when it has none either, nothing at all is known.
        var (known, failure) = four.Failure is null ? (four, six.Failure!) : (six, four.Failure);
        return known.Failure is null && !known.Findings.Records.IsEmpty
            ? new(known.Findings with { Doubt = failure }, null)
            : new(default, failure);
    }

    private static Findings Join(in Findings four, in Findings six) =>
        six.Records.IsEmpty && !four.Records.IsEmpty ? four
        : four.Records.IsEmpty && !six.Records.IsEmpty ? six
        : new([.. four.Records, .. six.Records], [], four.Ttl < six.Ttl ? four.Ttl : six.Ttl);

    private async Task<Answer> AskAsync(ResolvConf conf, string name, RecordType type, Deadline deadline, CancellationToken cancellationToken)
    {
        var (current, aliases, ttl) = (name, 0, uint.MaxValue);
        while (true)
        {
            var asked = current;
            var (response, problem) = await resolver.AskAsync(conf, asked, type, deadline, cancellationToken);
            if (response is null)
                return Failed(asked, type, problem!);
            while (true)
            {
                var found = Of(response, RecordSection.Answer, current, type);
                if (!found.IsEmpty)
                    return new(Found(response, found, ttl), null);
                if (Of(response, RecordSection.Answer, current, RecordType.Cname) is not [var alias, ..])
                    break;
                if (++aliases > MaxAliases)
                    return Failed(name, type, $"its aliases (CNAME) do not end after {MaxAliases}: they form a circle");
                current = alias.Target!;
                ttl = Math.Min(ttl, alias.TtlSeconds);
            }

            // The server said all it knows of the name; where that ended in an alias of somebody else's, there is more to ask.
            if (response.Code == ResponseCode.NameError || string.Equals(current, asked, StringComparison.Ordinal))
                return new(Findings.None(Absence(response, ttl)), null);
        }
    }

    private static Findings Found(DnsResponse response, ImmutableArray<DnsRecord> found, uint ttl)
    {
        var targets = found.Where(static record => record.Target is not null).Select(static record => record.Target!).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<DnsRecord> addresses = targets.Count == 0
            ? []
            : [.. response.Records.Where(record => record.Section == RecordSection.Additional && record.Address is not null && targets.Contains(record.Name))];
        foreach (var record in found)
            ttl = Math.Min(ttl, record.TtlSeconds);
        foreach (var record in addresses)
            ttl = Math.Min(ttl, record.TtlSeconds);
        return new(found, addresses, TimeSpan.FromSeconds(ttl));
    }

    // RFC 2308 section 5: the lesser of the SOA record's own ttl and its minimum; without one it is not to be kept at all.
    private static TimeSpan Absence(DnsResponse response, uint ttl)
    {
        foreach (var record in response.Records)
        {
            if (record.Type == RecordType.Soa && record.Section == RecordSection.Authority)
                return TimeSpan.FromSeconds(Math.Min(ttl, Math.Min(record.TtlSeconds, record.MinimumSeconds)));
        }

        return TimeSpan.Zero;
    }

    private static ImmutableArray<DnsRecord> Of(DnsResponse response, RecordSection section, string name, RecordType type) =>
        [.. response.Records.Where(record => record.Type == type && record.Section == section && string.Equals(record.Name, name, StringComparison.Ordinal))];

    private static Answer Failed(string name, RecordType type, string problem) =>
        new(default, $"Cannot look up {RecordTypeText.Of(type)} {name}: {problem}");

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Answer(Findings Findings, string? Failure);
}
