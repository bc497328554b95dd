using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipRunCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task It_says_where_it_listens_in_one_line()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        Assert.Matches($"^rollcall [^ ]+ listens on 127\\.0\\.0\\.1:[0-9]+ as a, control socket {node.Socket}\n$", node.Out);
        Assert.Empty(node.Log);
    }

    [Fact]
    public async Task What_others_reach_it_at_is_said_where_it_differs()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a", "--advertise", "10.1.2.3");
        Assert.Matches("listens on 127\\.0\\.0\\.1:[0-9]+ as a, others reach it at 10\\.1\\.2\\.3:[0-9]+, control", node.Out);
    }

    [Fact]
    public async Task A_signal_lets_it_leave_and_the_others_know()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        await using var b = await RunningGossip.StartAsync(_directory, "b", "--join", a.Address);
        await a.SeesAsync("b");
        b.Signal();
        Assert.Equal(0, await b.ExitAsync());
        Assert.Matches("[0-9TZ.:-]+ info: Rollcall.Cli.Gossip.GossipRun\\[6011\\] SIGINT: leaving the cluster; once more ends the process at once\n", b.Log);
        Assert.EndsWith("info: Rollcall.Cli.Gossip.GossipRun[6012] Left the cluster\n", b.Log, StringComparison.Ordinal);
        await a.SeesAsync("left");
        Assert.False(File.Exists(b.Socket));
        Assert.Equal([a.Socket, a.Socket + ".lock"], Directory.GetFiles(_directory).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_keeps_it_from_nothing()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        await using var b = await RunningGossip.StartWithoutLogAsync(_directory, "b", "--join", a.Address);
        await a.SeesAsync("b");
        b.Signal();
        Assert.Equal(0, await b.ExitAsync());
        await a.SeesAsync("left");
    }

    [Fact]
    public async Task One_without_a_log_that_is_asked_to_leave_says_that_it_has_left()
    {
        await using var node = await RunningGossip.StartWithoutLogAsync(_directory, "a");
        Assert.Equal((0, "a has left the cluster\n", ""), await node.AskAsync("leave"));
        Assert.Equal(0, await node.ExitAsync());
    }

    [Fact]
    public async Task One_that_can_say_nothing_at_all_does_not_start_and_leaves_nothing_behind()
    {
        using var run = new CliRun { Time = TimeProvider.System, StandardOutput = new FullDisk(), StandardError = new FullDisk() };
        Assert.Equal(1, await Eventually.Within(run.RunAsync($"gossip run --control {_directory}/a.sock --bind 127.0.0.1:0 --preset local")));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_join_that_gets_no_answer_does_not_hold_up_its_leave()
    {
        using var seed = new TcpListener(IPAddress.Loopback, 0);
        seed.Start();
        await using var node = await RunningGossip.StartAsync(_directory, "a", "--join", seed.LocalEndpoint.ToString()!);
        using var asked = await AskedAsync(seed);
        node.Signal();
        Assert.Equal(0, await node.ExitAsync());
        Assert.Contains("Left the cluster", node.Log, StringComparison.Ordinal);
        await Eventually.Within(RunningGossip.ReadAsync(asked)); // the rest of what it asked, and then its end
    }

    [Fact]
    public async Task A_join_that_gets_no_answer_does_not_hold_up_its_end()
    {
        using var seed = new TcpListener(IPAddress.Loopback, 0);
        seed.Start();
        await using var other = await RunningGossip.StartAsync(new VirtualTime(), _directory, "b");
        await using var node = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a", "--join", seed.LocalEndpoint.ToString()!, "--join", other.Address);
        using var asked = await AskedAsync(seed);
        await node.SeesAsync("\nb "); // whom it tells of its leave, so that this is not over before the second signal
        node.Signal();
        node.Signal();
        Assert.Equal(130, await node.ExitAsync());
        Assert.Contains("Ended without leaving", node.Log, StringComparison.Ordinal);
        await Eventually.Within(RunningGossip.ReadAsync(asked));
    }

    [Fact]
    public async Task A_signal_while_it_starts_ends_it_as_later()
    {
        using var run = new CliRun { Time = TimeProvider.System };
        run.Signals.Raise(PosixSignal.SIGTERM);
        Assert.Equal(0, await Eventually.Within(run.RunAsync($"gossip run --control {_directory}/a.sock --bind 127.0.0.1:0 --preset local")));
        Assert.EndsWith("Left the cluster\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var a = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a");
        var b = await RunningGossip.StartAsync(new VirtualTime(), _directory, "b", "--join", a.Address);
        await b.SeesAsync("\na ");
        await b.DisposeAsync();
        Assert.Equal(130, await b.ExitAsync());
        Assert.Contains("warn: Rollcall.Cli.Gossip.GossipRun[6013] Ended without leaving; others may take this node for failed\n", b.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_signals_of_one_cause_let_it_leave()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        node.Signal(times: 2);
        Assert.Equal(0, await node.ExitAsync());
        Assert.EndsWith("Left the cluster\n", node.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_are_tried_until_one_answers()
    {
        var port = FreePorts.Take();
        await using var b = await RunningGossip.StartAsync(_directory, "b", "--join", $"127.0.0.1:{port}");
        await Eventually.True(() => b.Log.Contains("[5022] None of 1 seeds could be joined", StringComparison.Ordinal));
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--bind", $"127.0.0.1:{port}");
        await a.SeesAsync("b");
    }

    [Theory]
    [InlineData("--bind localhost", "--bind: 'localhost' is no IP address")]
    [InlineData("--bind 7946", "--bind: '7946' is no IP address")]
    [InlineData("--bind 127.0.0.1:0 --advertise 10.0.0.1:7000", "--advertise names a port, and --bind takes any")]
    [InlineData("--preset moon", "--preset: 'moon' is none; there are local, lan and wan.")]
    [InlineData("--tag zone", "--tag: 'zone' is not a key and a value")]
    [InlineData("--tag zone=a --tag zone=b", "--tag: zone is given twice")]
    [InlineData("--bind 0.0.0.0", "0.0.0.0:7946 is reached from other machines, and without a key whoever reaches it can join.\nGive a --keyring, or allow it with --allow-anyone.")]
    [InlineData("--advertise 0.0.0.0", "error: --advertise: 0.0.0.0 is no address that others can reach.\nSee 'rollcall gossip run --help'.\n")]
    [InlineData("--advertise [::]:7946", "error: --advertise: :: is no address that others can reach.\n")]
    [InlineData("--join no/address", "--join: 'no/address' is no address")]
    [InlineData("--node http://127.0.0.1:1", "gossip run asks no node")]
    [InlineData("--keyring no-such-file", "no-such-file cannot be used: Could not find file")]
    public async Task What_cannot_be_meant_is_wrong_usage(string options, string text)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(2, await Eventually.Within(run.RunAsync($"gossip run --control {_directory}/a.sock {options}")));
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Tags_that_are_too_long_are_wrong_usage()
    {
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(2, await Eventually.Within(run.RunAsync($"gossip run --control {_directory}/a.sock --tag a={new string('x', 600)}")));
        Assert.Equal("error: --tag: the tags take more than 512 bytes, with up to 6 around each and 4 around all.\nSee 'rollcall gossip run --help'.\n", run.Error);
    }

    [Theory]
    [InlineData("--name", 129, "error: --name must have 1 to 128 bytes.\nSee 'rollcall gossip run --help'.\n")]
    [InlineData("--name", 0, "error: --name must have 1 to 128 bytes.\nSee 'rollcall gossip run --help'.\n")]
    [InlineData("--label", 256, "error: --label must have at most 255 bytes.\nSee 'rollcall gossip run --help'.\n")]
    public async Task What_is_too_long_or_empty_is_told_in_the_words_of_the_command_line(string option, int length, string error)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(2, await Eventually.Within(run.RunAsync(["gossip", "run", "--control", $"{_directory}/a.sock", option, new string('x', length)])));
        Assert.Equal(error, run.Error);
    }

    [Fact]
    public async Task An_address_of_IPv4_in_the_clothes_of_IPv6_is_one_of_IPv4()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a", "--bind", "[::ffff:127.0.0.1]:0");
        Assert.StartsWith("127.0.0.1:", node.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_two_lines()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(1, await Eventually.Within(run.RunAsync($"gossip run --control {_directory}/a.sock --bind {taken.LocalEndpoint}")));
        Assert.Equal($"error: {taken.LocalEndpoint} is in use by another process.\nStop that one, or listen elsewhere with --bind; with port 0 it takes a free one.\n", run.Error);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private static async Task<Socket> AskedAsync(TcpListener seed)
    {
        var asked = await Eventually.Within(seed.AcceptSocketAsync());
        Assert.True(await Eventually.Within(asked.ReceiveAsync(new byte[1])) > 0);
        return asked;
    }
}
