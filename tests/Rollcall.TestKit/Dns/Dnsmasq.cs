using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.TestKit.Dns;

/// <summary>
/// A real name server, the Debian package dnsmasq-base, on a loopback port, for the zone <c>test</c>: addresses come from a hosts file that a test rewrites, the rest
/// is said when it starts.
/// </summary>
public sealed class Dnsmasq : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-dnsmasq-").FullName;
    private readonly Process _process;
    private int _marks;

    private Dnsmasq(string program, int port, string[] arguments)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        File.WriteAllText(Hosts, "");
        var start = new ProcessStartInfo(program)
        {
            ArgumentList =
            {
                "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", $"--user={Environment.UserName}", "--log-facility=/dev/null",
                "--listen-address=127.0.0.1", "--bind-interfaces", string.Create(CultureInfo.InvariantCulture, $"--port={port}"),
                "--no-resolv", "--no-hosts", $"--addn-hosts={Hosts}", "--local=/test/", "--local-ttl=1",
            },
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public IPEndPoint EndPoint { get; }

    private string Hosts => Path.Combine(_directory, "hosts");

    /// <summary>Starts one and waits until it answers. Skips the test where there is none, see <see cref="DebianTool"/>.</summary>
    public static async Task<Dnsmasq> StartAsync(params string[] arguments)
    {
        var program = DebianTool.Find("dnsmasq", "dnsmasq-base");
        while (true)
        {
            int port;
            using (var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            {
                free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                port = ((IPEndPoint)free.LocalEndPoint!).Port;
            }

            var server = new Dnsmasq(program, port, arguments);
            await Eventually.True(() => server._process.HasExited || server.Answers());
            if (!server._process.HasExited)
                return server;
            // Somebody else was quicker to take the port.
            await server.DisposeAsync();
        }
    }

    /// <summary>The zone has exactly these addresses: lines of a hosts file. Returns once the server has read it.</summary>
    public async Task SetAsync(params IEnumerable<string> lines)
    {
        var mark = $"mark-{++_marks}.test";
        await File.WriteAllLinesAsync(Hosts, lines.Append($"127.0.0.1 {mark}"));
        Signal("HUP");
        await Eventually.True(() => Knows(mark));
    }

    /// <summary>It falls silent.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await Eventually.Within(_process.WaitForExitAsync());
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private bool Answers() => Ask("nowhere.test") is not null;

    private bool Knows(string name) => Ask(name) is [_, _, _, _, _, _, 0, 1, ..];

    // The answer; null when there is none yet.
    private byte[]? Ask(string name)
    {
        var question = new DnsMessageWriter();
        foreach (var number in (ushort[])[1, 0x0100, 1, 0, 0, 0])
            question.Number(number);
        question.Name(name);
        question.Number(ZoneRecord.A);
        question.Number(1);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 200 };
        try
        {
            socket.Connect(EndPoint);
            socket.Send(question.ToArray());
            var answer = new byte[512];
            return answer[..socket.Receive(answer)];
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
