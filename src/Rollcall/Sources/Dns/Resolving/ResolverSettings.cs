using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>How this machine looks names up, as it is configured at this moment.</summary>
internal sealed class ResolverSettings
{
    private readonly DnsSourceOptions _options;
    private readonly FollowedFile<ResolvConf> _conf;
    private readonly FollowedFile<HostsFile> _hosts;

    public ResolverSettings(DnsSourceOptions options)
    {
        _options = options;
        _conf = new(options.ResolvConfPath, ResolvConf.MaxBytes, text => text.Length == 0 ? WithoutFile() : WithPort(ResolvConf.Parse(text, Environment.MachineName)));
        _hosts = new(options.HostsPath, HostsFile.MaxBytes, HostsFile.Parse);
    }

    /// <summary>The names this machine knows by itself.</summary>
    public HostsFile Hosts => _hosts.Read();

    /// <summary>Whom to ask and how.</summary>
    /// <param name="server">The one a target names; null for those of the options or the machine.</param>
    public ResolvConf Conf(IPEndPoint? server)
    {
        var conf = server is not null ? new ResolvConf { Servers = [server] }
            : _options.Servers.Count > 0 ? new ResolvConf { Servers = [.. _options.Servers] }
            : _conf.Read();
        return _options.QueryTimeout is { } timeout ? conf with { Timeout = timeout } : conf;
    }

    /// <summary>Where the servers are written, for an error.</summary>
    public string Origin(IPEndPoint? server) =>
        server is not null ? "named in the target" : _options.Servers.Count > 0 ? nameof(DnsSourceOptions) + "." + nameof(DnsSourceOptions.Servers) : _options.ResolvConfPath;

    private ResolvConf WithPort(ResolvConf conf) => _options.ResolvConfPort == ResolvConf.DefaultPort
        ? conf
        : conf with { Servers = [.. conf.Servers.Select(server => new IPEndPoint(server.Address, _options.ResolvConfPort))] };

    // Where there is no such file, Windows in particular, the network's interfaces know.
    private static ResolvConf WithoutFile()
    {
        try
        {
            var servers = NetworkInterface.GetAllNetworkInterfaces()
                .Where(static network => network.OperationalStatus == OperationalStatus.Up)
                .SelectMany(static network => network.GetIPProperties().DnsAddresses)
                .Distinct()
                .Take(ResolvConf.MaxServers)
                .Select(static address => new IPEndPoint(address, ResolvConf.DefaultPort))
                .ToImmutableArray();
            return servers.IsEmpty ? new ResolvConf() : new ResolvConf { Servers = servers };
        }
        catch (Exception error) when (error is NetworkInformationException or PlatformNotSupportedException)
        {
            return new ResolvConf();
        }
    }
}
