using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Gossip;

/// <summary>Somebody else may have made the place where a command looks for its node, or listen there. Then nothing is said to them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlClientTests : IDisposable
{
    private const string Key = "T9jncgl9mbLus+baTTa7q7nPSUrXwbDi2dhbtqir37s=";
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly uint Stranger = 54321;
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    private string Default => Path.Combine(_directory, "rollcall");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_default_place_that_others_may_write_is_not_asked()
    {
        Directory.CreateDirectory(Default);
        File.SetUnixFileMode(Default, OwnerOnly | UnixFileMode.GroupWrite);
        using var squatter = Listen(Path.Combine(Default, "gossip.sock"));
        Assert.Equal(
            (4, $"error: {Default}, the place of the control socket, cannot be trusted: others may use it.\nClose it with chmod 700, or name another place with --control.\n"),
            await AskAsync("members"));
        Assert.False(squatter.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_default_place_that_is_a_link_is_not_asked()
    {
        var real = Directory.CreateDirectory(Path.Combine(_directory, "real"), OwnerOnly).FullName;
        Directory.CreateSymbolicLink(Default, real);
        using var squatter = Listen(Path.Combine(real, "gossip.sock"));
        Assert.Equal(
            (4, $"error: {Default}, the place of the control socket, cannot be trusted: it is no directory.\nRemove it, or name another place with --control.\n"),
            await AskAsync("members"));
        Assert.False(squatter.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Where_there_is_no_place_there_is_no_node()
    {
        var (code, error) = await AskAsync("members");
        Assert.Equal((4, $"error: no gossip node answers at {Default}/gossip.sock.\nStart one with 'rollcall gossip run', or name its socket with --control.\n"), (code, error));
    }

    [Fact]
    public async Task What_is_no_socket_is_called_so()
    {
        var file = Path.Combine(_directory, "notes");
        await File.WriteAllTextAsync(file, "mine");
        Assert.Equal(
            (4, $"error: no gossip node answers at {file}: what is there is no socket.\nStart one with 'rollcall gossip run', or name its socket with --control.\n"),
            await AskAsync("members", "--control", file));
    }

    [Fact]
    public async Task A_default_place_of_somebody_else_is_not_asked_and_not_used()
    {
        Directory.CreateDirectory(Default, OwnerOnly);
        await GiveAwayAsync(Default);
        using var squatter = Listen(Path.Combine(Default, "gossip.sock"));
        var refused = (4, $"error: {Default}, the place of the control socket, cannot be trusted: it belongs to user 54321.\nRemove it, or name another place with --control.\n");
        Assert.Equal(refused, await AskAsync("members"));
        Assert.Equal(refused, await AskAsync("keys", "add", Key));
        Assert.Equal((1, refused.Item2), await AskAsync("run", "--bind", "127.0.0.1:0"));
        Assert.False(squatter.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Nobody_hands_a_key_to_a_place_where_others_may_write()
    {
        await using var node = await RunningGossip.StartAsync(_directory, "a");
        File.SetUnixFileMode(_directory, All);
        Assert.Equal(0, (await node.AskAsync("members")).Code);
        var (code, _, error) = await node.AskAsync("keys", "add", Key);
        Assert.Equal(
            (4, $"error: no key is handed over at {_directory}/a.sock: others may write to its directory.\nGive the node a control socket in a directory of its user alone, with --control.\n"),
            (code, error));
    }

    [Fact]
    public async Task Root_asks_a_node_of_another_user_by_name_and_hands_no_key_to_it()
    {
        var theirs = Directory.CreateDirectory(Path.Combine(_directory, "theirs"), OwnerOnly).FullName;
        var all = Directory.CreateDirectory(Path.Combine(_directory, "all")).FullName;
        await GiveAwayAsync(theirs);
        File.SetUnixFileMode(_directory, All);
        File.SetUnixFileMode(all, All | UnixFileMode.StickyBit);
        await using var node = await StrangersNodeAsync(Path.Combine(theirs, "n.sock"));
        await using var squatter = await StrangersNodeAsync(Path.Combine(all, "n.sock"));

        var (code, error) = await AskAsync("members", "--control", $"{theirs}/n.sock");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            (4, $"error: user 54321 listens at {theirs}/n.sock, and no key is handed to others.\nAsk as that user, or start a node of your own.\n"),
            await AskAsync("keys", "add", Key, "--control", $"{theirs}/n.sock"));
        Assert.Equal(
            (4, $"error: user 54321 listens at {all}/n.sock, and not you.\nAsk as that user, or name the socket of another node with --control.\n"),
            await AskAsync("members", "--control", $"{all}/n.sock"));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    private async Task<(int Code, string Error)> AskAsync(params string[] words)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        run.Variables["XDG_RUNTIME_DIR"] = _directory;
        var code = await Eventually.Within(run.RunAsync(["gossip", .. words]));
        return (code, run.Error);
    }

    private static async Task GiveAwayAsync(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "giving a directory away takes root on Linux");
        using var chown = Process.Start("chown", [Stranger.ToString(CultureInfo.InvariantCulture), path]);
        await Eventually.Within(chown.WaitForExitAsync());
        Assert.Equal(0, chown.ExitCode);
    }

    private static async Task<CliProcess> StrangersNodeAsync(string socket)
    {
        var node = new CliProcess(["gossip", "run", "--bind", "127.0.0.1:0", "--control", socket], user: Stranger);
        await Eventually.True(() => node.Out.Contains('\n', StringComparison.Ordinal));
        return node;
    }
}
