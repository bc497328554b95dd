using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

/// <summary><c>gossip run</c> as real processes.</summary>
public sealed class GossipProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task One_that_is_killed_has_failed_and_its_successor_takes_its_socket_over()
    {
        await using var a = await StartAsync("a");
        var b = await StartAsync("b", "--join", AddressOf(a));
        await SeesAsync("a", "\nb .* alive");
        await b.DisposeAsync(); // SIGKILL
        Assert.True(File.Exists(Socket("b")));
        var (code, _, error) = await AskAsync("b", "members");
        Assert.Equal((4, $"error: no gossip node answers at {Socket("b")}: its socket is there, but nobody listens.\nStart one with 'rollcall gossip run', or name its socket with --control.\n"), (code, error));
        await SeesAsync("a", "\nb .* failed");

        await using var next = await StartAsync("b", "--join", AddressOf(a));
        await SeesAsync("a", "\nb .* alive");
        await SeesAsync("b", "\nb .* alive");
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task One_that_is_asked_to_stop_leaves(PosixSignal signal)
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b", "--join", AddressOf(a));
        await SeesAsync("a", "\nb .* alive");
        await b.SignalAsync(signal);
        Assert.Equal(0, await b.ExitAsync());
        Assert.EndsWith("Left the cluster\n", b.Error, StringComparison.Ordinal);
        await SeesAsync("a", "\nb .* left");
        Assert.False(File.Exists(Socket("b")));
    }

    [Fact]
    public async Task What_a_node_does_not_need_is_not_loaded()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var a = await StartAsync("a");
        var maps = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{a.Id}/maps"));
        Assert.Contains("/Rollcall.Gossip.dll", maps, StringComparison.Ordinal);
        string[] heavy =
        [
            "Microsoft.AspNetCore", "Kestrel", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.Logging.Console",
            "Rollcall.Core", "Rollcall.Node", "Rollcall.Registry", "Rollcall.Gateway", "Spectre.Console", "System.Net.Http", "System.Text.Json", "System.Text.RegularExpressions",
        ];
        Assert.All(heavy, name => Assert.DoesNotContain($"/{name}", maps, StringComparison.Ordinal));
    }

    private string Socket(string name) => Path.Combine(_directory, $"{name}.sock");

    private static string AddressOf(CliProcess node) => Regex.Match(node.Out, "listens on (?<address>[^ ]+) as", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["address"].Value;

    private async Task<CliProcess> StartAsync(string name, params string[] more)
    {
        var node = new CliProcess(["gossip", "run", "--name", name, "--bind", "127.0.0.1:0", "--preset", "local", "--control", Socket(name), .. more]);
        await Eventually.True(() => node.Out.Contains('\n', StringComparison.Ordinal));
        return node;
    }

    private async Task<(int Code, string Out, string Error)> AskAsync(string name, params string[] words)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        return (await Eventually.Within(run.RunAsync(["gossip", .. words, "--control", Socket(name)])), run.Out, run.Error);
    }

    private Task SeesAsync(string name, string pattern) => Eventually.True(async () =>
        Regex.IsMatch((await AskAsync(name, "members")).Out, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
}
