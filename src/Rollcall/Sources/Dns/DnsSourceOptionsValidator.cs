using Rollcall.Sources.Dns.Resolving;

namespace Rollcall.Sources.Dns;

/// <summary>Checks <see cref="DnsSourceOptions"/>, naming every violation at once.</summary>
internal static class DnsSourceOptionsValidator
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);

    public static IEnumerable<string> Errors(DnsSourceOptions options)
    {
        if (options.Servers.Count > ResolvConf.MaxServers)
            yield return $"{nameof(options.Servers)} names {options.Servers.Count} servers; at most {ResolvConf.MaxServers} are asked.";
        if (options.MinInterval < ShortestInterval || options.MinInterval > TimeSpan.FromHours(1))
            yield return $"{nameof(options.MinInterval)} is {options.MinInterval}; it must be 100 ms to 1 hour.";
        if (options.MaxInterval < options.MinInterval || options.MaxInterval > TimeSpan.FromDays(1))
            yield return $"{nameof(options.MaxInterval)} is {options.MaxInterval}; it must be {nameof(options.MinInterval)} ({options.MinInterval}) to 1 day.";
        if (options.QueryTimeout is { } timeout && (timeout < ShortestTimeout || timeout > TimeSpan.FromMinutes(1)))
            yield return $"{nameof(options.QueryTimeout)} is {timeout}; it must be 10 ms to 1 min.";
        if (!Enum.IsDefined(options.AddressFamily))
            yield return $"{nameof(options.AddressFamily)} is {options.AddressFamily}; it must be {string.Join(", ", Enum.GetNames<DnsAddressFamily>())}.";
    }
}
