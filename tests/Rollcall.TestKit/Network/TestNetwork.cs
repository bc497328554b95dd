using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Rollcall.TestKit.Programs;
using Xunit;

namespace Rollcall.TestKit.Network;

/// <summary>
/// Hosts that are network namespaces, joined by a router that is one more of them, where packets are lost, held up or kept apart. The network of this machine is not
/// touched. Takes root on Linux; where namespaces are not permitted the test is skipped.
/// </summary>
/// <remarks>Whatever becomes of the test, a shell that waits for its end removes the namespaces and ends what runs in them; and what one left that was ended as well, the next network removes.</remarks>
public sealed class TestNetwork : IAsyncDisposable
{
    private const string Prefix = "rollcall-test-";
    private const string RouterAddress = "10.77.0.254";
    private const int RelayTable = 77;

    private const string Keeper = """
        trap '' INT TERM HUP
        read -r _
        for name in "$@"; do
          for process in $(ip netns pids "$name" 2>/dev/null); do kill -KILL "$process" 2>/dev/null; done
          ip netns del "$name" 2>/dev/null
        done
        """;

    private static int _count;

    private readonly TestHost _router;
    private readonly Process _keeper;
    private PacketRelay? _relay;

    private TestNetwork(TestHost router, IReadOnlyList<TestHost> hosts)
    {
        (_router, Hosts) = (router, hosts);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Keeper, "keeper", .. hosts.Select(static host => host.Name), router.Name]) { UseShellExecute = false, RedirectStandardInput = true };
        _keeper = Process.Start(start)!;
    }

    public IReadOnlyList<TestHost> Hosts { get; }

    /// <summary>Makes so many hosts, each of which reaches all.</summary>
    public static async Task<TestNetwork> CreateAsync(int hosts)
    {
        await RequireAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var network = new TestNetwork(
            new(name + "-router", IPAddress.Parse(RouterAddress)),
            [.. Enumerable.Range(1, hosts).Select(i => new TestHost(string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"), new IPAddress([10, 77, 0, (byte)i])))]);
        await network.BuildAsync();
        return network;
    }

    /// <summary>Loses this share of the packets from now on, whatever they are.</summary>
    public Task LoseAsync(double share) => ForbidAsync("-m statistic --mode random --probability " + share.ToString("0.####", CultureInfo.InvariantCulture));

    /// <summary>Lets nothing through between these hosts and the others from now on.</summary>
    public async Task DivideAsync(params IReadOnlyCollection<TestHost> side)
    {
        var (these, others) = (Addresses(side), Addresses(Hosts.Except(side)));
        await ForbidAsync($"-s {these} -d {others}");
        await ForbidAsync($"-s {others} -d {these}");

        static string Addresses(IEnumerable<TestHost> hosts) => string.Join(',', hosts.Select(static host => host.Address));
    }

    /// <summary>Ends <see cref="LoseAsync"/> and <see cref="DivideAsync"/>.</summary>
    /// <returns>How many packets they took.</returns>
    public async Task<long> HealAsync()
    {
        var listed = await OnRouterAsync("iptables -w 10 -n -v -x -L FORWARD; iptables -w 10 -F FORWARD");
        return listed.Split('\n')
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static rule => rule is [_, _, "DROP", ..]) // packets, bytes, what becomes of them
            .Sum(static rule => long.Parse(rule[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Leads every packet through a relay that holds it up, from now on.</summary>
    public async Task RelayAsync(RelayFaults faults, int seed)
    {
        if (_relay is not null)
            throw new InvalidOperationException("There is a relay already.");
        _relay = new PacketRelay(_router.Run(static () => TunDevice.Open("relay")), faults, new Random(seed));
        var script = new StringBuilder($"ip link set relay up txqueuelen 5000; echo 0 >/proc/sys/net/ipv4/conf/relay/rp_filter; ip route add default dev relay table {RelayTable}");
        for (var i = 1; i <= Hosts.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"; ip rule add iif host{i} table {RelayTable}");
        await OnRouterAsync(script.ToString());
    }

    /// <summary>Ends <see cref="RelayAsync"/>.</summary>
    /// <returns>What it did.</returns>
    public async Task<RelayCounts> WithoutRelayAsync()
    {
        var relay = _relay ?? throw new InvalidOperationException("There is no relay.");
        await OnRouterAsync($"while ip rule del table {RelayTable} 2>/dev/null; do :; done");
        relay.Dispose();
        _relay = null;
        return relay.Counts;
    }

    public async ValueTask DisposeAsync()
    {
        _relay?.Dispose();
        _keeper.StandardInput.Close();
        await Eventually.Within(_keeper.WaitForExitAsync());
        _keeper.Dispose();
    }

    /// <summary>Namespaces of networks that are there now, those of other processes included.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync()
    {
        var (_, output) = await TestProgram.RunAsync(DebianTool.Find("ip", "iproute2"), "netns", "list");
        return [.. output.Split('\n').Select(static line => line.Split(' ')[0]).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))];
    }

    private async Task BuildAsync()
    {
        var script = new StringBuilder();
        foreach (var host in Hosts.Prepend(_router))
            script.Append(CultureInfo.InvariantCulture, $"ip netns add {host.Name}; ip -n {host.Name} link set lo up\n");
        for (var i = 0; i < Hosts.Count; i++)
        {
            var (host, device) = (Hosts[i], string.Create(CultureInfo.InvariantCulture, $"host{i + 1}"));
            script.Append(CultureInfo.InvariantCulture, $"""
                ip -n {_router.Name} link add {device} type veth peer name eth0 netns {host.Name}
                ip -n {_router.Name} addr add {RouterAddress} peer {host.Address} dev {device}
                ip -n {_router.Name} link set {device} up
                ip -n {host.Name} addr add {host.Address} peer {RouterAddress} dev eth0
                ip -n {host.Name} link set eth0 up
                ip -n {host.Name} route add default via {RouterAddress}

                """);
        }

        try
        {
            await ShellAsync(["/bin/sh", "-ec", script.ToString()]);
            await OnRouterAsync("cd /proc/sys/net/ipv4; echo 1 >ip_forward; for device in conf/*; do echo 0 >$device/rp_filter; done");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    // Only as packets come from a host: through the relay they pass twice.
    private Task ForbidAsync(string which) => OnRouterAsync($"iptables -w 10 -A FORWARD -i host+ {which} -j DROP");

    private Task<string> OnRouterAsync(string script) => ShellAsync(_router.Command("/bin/sh", "-ec", script));

    private static async Task<string> ShellAsync(string[] command)
    {
        var (code, output) = await TestProgram.RunAsync(command);
        return code == 0 ? output : throw new InvalidOperationException($"{command[^1]}\n{output}");
    }

    private static async Task RequireAsync()
    {
        _ = DebianTool.Find("ip", "iproute2");
        _ = DebianTool.Find("iptables", "iptables");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces take root on Linux");
        await RemoveLeftoversAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-probe");
        var (code, output) = await TestProgram.RunAsync(
            "/bin/sh", "-c", "ip netns add $0 && { ip netns exec $0 iptables -w 10 -A FORWARD -m statistic --mode random --probability 0.5 -j DROP; code=$?; ip netns del $0; exit $code; }", name);
        Assert.SkipUnless(code == 0, $"network namespaces are not permitted here: {output.Trim()}");
    }

    // A name tells the process that made it; one that is gone can no longer need it.
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var name in await NamesAsync())
        {
            var owner = name[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}"))
                await TestProgram.RunAsync("/bin/sh", "-c", $"exec </dev/null\n{Keeper}", "keeper", name);
        }
    }
}
