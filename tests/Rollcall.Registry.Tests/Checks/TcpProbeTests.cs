using System.Net;
using System.Net.Sockets;
using Rollcall.Registry.Checks;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Checks;

public sealed class TcpProbeTests
{
    private readonly TcpProbe _probe = new(TimeProvider.System);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_port_that_accepts_passes_and_the_connection_is_closed(string host)
    {
        using var listener = Listen(IPAddress.Loopback);
        Assert.Equal(new CheckResult(Passed: true, "connected"), await ProbeAsync($"{host}:{PortOf(listener)}"));
        using var accepted = await Eventually.Within(listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(0, await Eventually.Within(accepted.ReceiveAsync(new byte[1])));
    }

    [Fact]
    public async Task An_address_of_version_6_is_written_in_brackets()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var listener = Listen(IPAddress.IPv6Loopback);
        Assert.True((await ProbeAsync($"[::1]:{PortOf(listener)}")).Passed);
    }

    [Fact]
    public async Task A_port_nobody_listens_on_refuses()
    {
        int port;
        using (var listener = Listen(IPAddress.Loopback))
            port = PortOf(listener);
        Assert.Equal(new CheckResult(Passed: false, "connection refused"), await ProbeAsync($"127.0.0.1:{port}"));
    }

    [Fact]
    public async Task A_full_backlog_never_answers()
    {
        using var listener = Listen(IPAddress.Loopback, backlog: 0);
        var fillers = new List<Socket>();
        try
        {
            // The kernel takes a few more than the backlog says; then it drops what knocks.
            for (var i = 0; i < 8; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                fillers.Add(filler);
                try
                {
                    filler.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    continue;
                }
            }

            Assert.Equal(new CheckResult(Passed: false, "no answer within 200ms"), await ProbeAsync($"127.0.0.1:{PortOf(listener)}", timeout: TimeSpan.FromMilliseconds(200)));
        }
        finally
        {
            fillers.ForEach(static filler => filler.Dispose());
        }
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_told_as_such()
    {
        var result = await ProbeAsync("no-such-host.invalid:80");
        Assert.False(result.Passed);
        Assert.Contains("no-such-host.invalid", result.Detail, StringComparison.Ordinal);
        Assert.Contains("resolve", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData(":80")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:-1")]
    [InlineData("[]:80")]
    public async Task What_is_no_host_and_port_fails_and_says_so(string target) =>
        Assert.Equal(new CheckResult(Passed: false, $"\"{target}\" is not host:port"), await ProbeAsync(target));

    [Fact]
    public async Task Cancelling_throws_and_is_not_a_result()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _probe.ProbeAsync(new CheckDefinition { Kind = CheckKind.Tcp, Target = "127.0.0.1:1" }, cancelled.Token));
    }

    private static Socket Listen(IPAddress address, int backlog = 10)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(backlog);
        return listener;
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private Task<CheckResult> ProbeAsync(string target, TimeSpan? timeout = null) =>
        Eventually.Within(_probe.ProbeAsync(
            new CheckDefinition { Kind = CheckKind.Tcp, Target = target, Timeout = timeout ?? TimeSpan.FromSeconds(10) },
            TestContext.Current.CancellationToken).AsTask());
}
