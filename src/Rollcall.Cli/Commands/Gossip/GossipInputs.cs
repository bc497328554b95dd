using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Rollcall.Cli.Execution;
using Rollcall.Cli.Gossip;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Commands.Gossip;

/// <summary>Options that the commands of gossip share.</summary>
internal static class GossipInputs
{
    private const int DefaultPort = 7946;

    public static Option<string?> Control() => new("--control")
    {
        Description = $"The node's control socket. Default: ${ControlPath.Variable}, else gossip.sock in $XDG_RUNTIME_DIR/rollcall or /tmp/rollcall-UID.",
        HelpName = "PATH",
    };

    /// <summary>An IP address, with a port where one is named.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="defaultPort">The port where none is named.</param>
    public static Option<IPEndPoint?> Address(string name, string description, int defaultPort = DefaultPort) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS[:PORT]",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReadAddress(text, defaultPort) is { } address)
                return address;
            result.AddError($"{name}: '{text}' is no IP address. Write it like 10.0.0.5, 10.0.0.5:7946 or [2001:db8::5]:7946.");
            return null;
        },
    };

    /// <summary>Addresses that a node could make something of: HOST, HOST:PORT or [IPV6]:PORT.</summary>
    public static string[] ReadSeeds(ArgumentResult result, string name)
    {
        string[] seeds = [.. result.Tokens.Select(static token => token.Value)];
        foreach (var seed in seeds.Where(static seed => !IsSeed(seed)))
            result.AddError($"{name}: '{seed}' is no address. Write it like 10.0.0.5, seed.example:7946 or [2001:db8::5]:7946.");
        return seeds;
    }

    public static ControlClient Client(Invocation invocation, Option<string?> control) =>
        new(ControlPath.Of(invocation.Parse.GetValue(control), invocation.Environment.Variable), invocation.Environment.Time);

    private static bool IsSeed(string text) => HostPort.TryParse(text, out var address)
        && (Uri.CheckHostName(address.Host) != UriHostNameType.Unknown || IPAddress.TryParse(address.Host, out _));

    // The parser of the framework also takes 1 for 0.0.0.1 and does not tell no port from port 0.
    private static IPEndPoint? ReadAddress(string text, int defaultPort)
    {
        if (!IPEndPoint.TryParse(text, out var address))
            return null;
        var isV6 = text.AsSpan().Count(':') > 1;
        if (!isV6 && text.AsSpan().Count('.') != 3)
            return null;
        var hasPort = isV6 ? text.Contains("]:", StringComparison.Ordinal) : text.Contains(':', StringComparison.Ordinal);
        var plain = address.Address.IsIPv4MappedToIPv6 ? address.Address.MapToIPv4() : address.Address;
        return new(plain, hasPort ? address.Port : defaultPort);
    }
}
