using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>Whom to ask, how often and under which names: what <c>resolv.conf</c>(5) says.</summary>
internal sealed record ResolvConf
{
    /// <summary>How many servers are asked; further ones are ignored, as by every other resolver.</summary>
    public const int MaxServers = 3;

    /// <summary>How many suffixes are tried; further ones are ignored.</summary>
    public const int MaxSearch = 32;

    /// <summary>The largest file there may be.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The port of a server that names none.</summary>
    public const int DefaultPort = 53;

    private const int MaxNdots = 15;
    private const int MaxTimeoutSeconds = 30;
    private const int MaxAttempts = 5;

    private static readonly ImmutableArray<IPEndPoint> Loopback = [new(IPAddress.Loopback, DefaultPort)];

    /// <summary>In order of preference; never empty.</summary>
    public ImmutableArray<IPEndPoint> Servers { get; init; } = Loopback;

    /// <summary>Suffixes to try, without dots around them.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>A name with at least so many dots is tried as it is before any suffix.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>How long one server may take for one answer; null when the file does not say.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often all servers are asked in turn.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Whether each question begins with another server.</summary>
    public bool Rotate { get; init; }

    /// <summary>Reads the file. What makes no sense in it is passed over, as every other resolver does.</summary>
    /// <param name="text">The file.</param>
    /// <param name="machine">This machine's name: without <c>search</c> and <c>domain</c>, what stands behind its first dot is tried as a suffix.</param>
    public static ResolvConf Parse(string text, string machine)
    {
        var servers = ImmutableArray.CreateBuilder<IPEndPoint>(MaxServers);
        string[]? search = null;
        var conf = new ResolvConf();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var words = Words(line);
            switch (words)
            {
                case ["nameserver", var address, ..] when servers.Count < MaxServers && IPAddress.TryParse(address, out var server):
                    servers.Add(new IPEndPoint(server, DefaultPort));
                    break;
                case ["domain", var domain, ..]:
                    search = [domain]; // the last of the two keywords counts
                    break;
                case ["search", .. var suffixes]:
                    search = suffixes;
                    break;
                case ["options", .. var options]:
                    conf = options.Aggregate(conf, With);
                    break;
            }
        }

        if (search is null && machine.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0)
            search = [machine[(dot + 1)..]];
        return conf with
        {
            Servers = servers.Count > 0 ? servers.ToImmutable() : Loopback,
            Search = [.. (search ?? []).Select(static suffix => suffix.Trim('.').ToLowerInvariant()).Where(static suffix => suffix.Length > 0).Take(MaxSearch)],
        };
    }

    private static ResolvConf With(ResolvConf conf, string option)
    {
        var colon = option.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? option : option[..colon];
        if (name is "rotate")
            return conf with { Rotate = true };
        if (colon < 0 || !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return conf;
        return name switch
        {
            "ndots" => conf with { Ndots = Math.Min(number, MaxNdots) },
            "timeout" => conf with { Timeout = TimeSpan.FromSeconds(Math.Clamp(number, 1, MaxTimeoutSeconds)) },
            "attempts" => conf with { Attempts = Math.Clamp(number, 1, MaxAttempts) },
            _ => conf,
        };
    }

    private static string[] Words(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOfAny('#', ';');
        return (comment < 0 ? line : line[..comment]).ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
