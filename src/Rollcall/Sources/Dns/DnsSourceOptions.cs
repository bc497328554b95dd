using System.Net;

namespace Rollcall.Sources.Dns;

/// <summary>How names are looked up and how often.</summary>
public sealed class DnsSourceOptions
{
    /// <summary>
    /// The name servers to ask, in order of preference, instead of those in <c>/etc/resolv.conf</c>; names are then taken as they are, without its search path.
    /// At most 3. Default: none.
    /// </summary>
    public IList<IPEndPoint> Servers { get; } = [];

    /// <summary>
    /// The shortest time between two looks at a name, however short its ttl. Shorter sees changes sooner and asks more. 100 ms to 1 hour, default 5 s.
    /// </summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest time between two looks at a name, however long its ttl. <see cref="MinInterval"/> to 1 day, default 30 s.
    /// </summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a name server may take for one answer before the next is asked. 10 ms to 1 min. Default: what <c>/etc/resolv.conf</c> says (<c>options timeout:N</c>), else 2 s.
    /// </summary>
    public TimeSpan? QueryTimeout { get; set; }

    /// <summary>Which addresses are asked for where the target does not say. Default: <see cref="DnsAddressFamily.Any"/>.</summary>
    public DnsAddressFamily AddressFamily { get; set; }

    /// <summary>The file of name servers and search path.</summary>
    internal string ResolvConfPath { get; set; } = "/etc/resolv.conf";

    /// <summary>The port of the servers in it, for tests: the file has no way to say.</summary>
    internal int ResolvConfPort { get; set; } = Resolving.ResolvConf.DefaultPort;

    /// <summary>The file of names this machine knows by itself.</summary>
    internal string HostsPath { get; set; } = OperatingSystem.IsWindows() ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts") : "/etc/hosts";
}
