using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Registration.Hosting;

/// <summary>
/// Makes the announcement of an application out of its options, where it listens and where it runs. Pure: the machine's facts come in.
/// </summary>
/// <param name="Machine">The machine's name.</param>
/// <param name="RouteAddress">The machine's address on the way to the node.</param>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record AnnouncementBuilder(string Machine, string RouteAddress, Func<string, string?> Variable)
{
    /// <summary>The environment variable that names the address others reach this application by.</summary>
    public const string AddressVariable = "ROLLCALL_ADDRESS";

    /// <summary>Null when it listens on no port that could be announced and none is named.</summary>
    public Announcement? Build(string service, InstanceOptions options, IEnumerable<string> urls)
    {
        var listening = urls.Select(static text => ListeningUrl.TryParse(text, out var url) ? url : null).OfType<ListeningUrl>().ToArray();
        var address = options.Address ?? NotEmpty(Variable(AddressVariable));
        // Reachable from elsewhere first, loopback last.
        var chosen = listening.OrderBy(static url => url.IsLoopback).ThenBy(static url => url.Host is null).FirstOrDefault();
        var ports = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var url in listening)
        {
            // What listens on loopback alone is no part of an instance that others reach by another address.
            if (address is not null || url.Host is null || chosen!.Host is null || string.Equals(url.Host, chosen.Host, StringComparison.Ordinal))
                AddPort(ports, url);
        }

        address ??= Reachable(chosen?.Host);
        foreach (var (name, port) in options.Ports)
            ports[name] = port;
        if (ports.Count == 0)
            return null;
        return new Announcement(service, options.Id ?? InstanceId.Of(service, Machine, ports.Values.First()), address)
        {
            Ports = new SmallMap<int>(ports),
            Ttl = options.Ttl,
            Weight = options.Weight,
            Zone = options.Zone ?? NotEmpty(Variable(ApiNames.ZoneVariable)),
            Node = options.Node ?? Machine,
            Metadata = new SmallMap<string>(options.Metadata),
            Checks = Check(options, address, ports) is { } check ? [check] : [],
            RenameOnConflict = options.Id is null,
        };
    }

    // Two endpoints of one scheme: the first has its name, the others are numbered.
    private static void AddPort(Dictionary<string, int> ports, ListeningUrl url)
    {
        if (ports.ContainsValue(url.Port))
            return;
        var name = url.Scheme;
        for (var n = 2; !ports.TryAdd(name, url.Port); n++)
            name = $"{url.Scheme}-{n}";
    }

    private string Reachable(string? host) => host switch
    {
        null => RouteAddress,
        "localhost" => "127.0.0.1",
        _ => host,
    };

    private static CheckDocument? Check(InstanceOptions options, string address, Dictionary<string, int> ports)
    {
        if (options.Check is not { } check)
            return null;
        var document = new CheckDocument
        {
            Interval = DurationText.Format(options.CheckInterval),
            Timeout = DurationText.Format(options.CheckTimeout),
        };
        if (check.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase))
            return document with { Tcp = check["tcp://".Length..].TrimEnd('/') };
        if (!check.StartsWith('/'))
            return document with { Http = check };
        var (scheme, port) = ports.TryGetValue("http", out var plain) ? ("http", plain)
            : ports.TryGetValue("https", out var secure) ? ("https", secure)
            : ("http", ports.Values.First());
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return document with { Http = string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}{check}") };
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
