using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rollcall.Cli.Execution;
using Rollcall.Node;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

/// <summary><c>serve</c> as a real process.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-serve-").FullName;

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task It_says_where_it_listens_serves_and_stops_when_asked(PosixSignal signal)
    {
        await using var node = Serve();
        var url = await UrlAsync(node);
        Assert.EndsWith($", data in {Data}\n", node.Out, StringComparison.Ordinal);
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(0, await run.RunAsync($"--node {url} status"));
        await node.SignalAsync(signal);
        Assert.Equal(0, await node.ExitAsync());
        Assert.Single(node.Out.TrimEnd('\n').Split('\n'));
        Assert.Empty(node.Error);
    }

    [Fact]
    public async Task A_directory_in_use_is_told_in_one_line()
    {
        await using var first = Serve();
        await UrlAsync(first);
        await using var second = Serve();
        Assert.Equal(1, await second.ExitAsync());
        Assert.Matches("^error: .*data' is in use by process [0-9]+\\..*\n$", second.Error);
        Assert.Empty(second.Out);
    }

    [Fact]
    public async Task Without_urls_it_listens_where_the_file_says()
    {
        var file = Path.Combine(_directory, "node.yaml");
        await File.WriteAllTextAsync(file, $"urls: http://127.0.0.1:0\ndata: {Data}\n");
        await using var node = new CliProcess(["serve", "--config", file]);
        Assert.StartsWith("http://127.0.0.1:", await UrlAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_anything_it_listens_on_the_default_port()
    {
        await using var node = new CliProcess(["serve"], ("ROLLCALL_DATA", Data));
        await Eventually.True(() => (node.Out + node.Error).Contains('\n', StringComparison.Ordinal));
        // Somebody else may be there already.
        Assert.Matches("listens on http://127.0.0.1:7655,|http://127.0.0.1:7655 is in use", node.Out + node.Error);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_two_lines()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var node = new CliProcess(["serve", "--urls", url, "--durability", "memory"]);
        Assert.Equal(1, await node.ExitAsync());
        Assert.Equal($"error: {url} is in use by another process.\nStop that one, or listen elsewhere with --urls.\n", node.Error);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_told_without_a_stack_trace()
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "");
        await using var node = new CliProcess(["serve", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(file, "data")]);
        Assert.Equal(1, await node.ExitAsync());
        Assert.StartsWith("error: The journal could not open in ", node.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve --urls http://0.0.0.0:0 --durability memory", "--allow-anyone")]
    [InlineData("serve --urls nonsense --durability memory", "nonsense is no URL to listen on")]
    [InlineData("serve --durability sometimes", "error: --durability: 'sometimes' is none; there are fsync, interval and memory.\n")]
    [InlineData("serve --config no-such-file.yaml", "no-such-file.yaml cannot be read")]
    [InlineData("serve --node http://127.0.0.1:1", "serve runs a node, it asks none; --urls says where it listens")]
    public async Task What_cannot_be_meant_is_wrong_usage(string line, string text)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(2, await run.RunAsync(line));
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Options_win_over_the_file_and_the_file_over_the_defaults()
    {
        var file = Path.Combine(_directory, "node.yaml");
        await File.WriteAllTextAsync(file, "urls: http://127.0.0.1:1111\ndata: /from/file\ndurability: interval\nallowAnyone: true\n");
        var options = NodeRun.Read(new ServeSettings { ConfigFile = file, Data = "/from/option" });
        Assert.Equal("http://127.0.0.1:1111", Assert.Single(options.Urls));
        Assert.Equal(("/from/option", Durability.Interval, true), (options.Registry.Journal.Directory, options.Registry.Journal.Durability, options.AllowAnyone));
        options = NodeRun.Read(new ServeSettings { ConfigFile = file, Urls = ["http://127.0.0.1:2222"], Durability = "fsync" });
        Assert.Equal("http://127.0.0.1:2222", Assert.Single(options.Urls));
        Assert.Equal(("/from/file", Durability.Fsync), (options.Registry.Journal.Directory, options.Registry.Journal.Durability));
        Assert.Equal(new NodeOptions().Urls, NodeRun.Read(new ServeSettings()).Urls);
    }

    [Fact]
    public async Task Every_fault_of_a_file_has_its_line()
    {
        var file = Path.Combine(_directory, "node.yaml");
        await File.WriteAllTextAsync(file, "nonsense: 1\ndurability: sometimes\n");
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync($"serve --config {file}"));
        Assert.Contains("line 1: unknown key nonsense", run.Error, StringComparison.Ordinal);
        Assert.Contains("line 2: durability must be fsync, interval or memory", run.Error, StringComparison.Ordinal);
    }

    private CliProcess Serve() => new(["serve", "--urls", "http://127.0.0.1:0"], ("ROLLCALL_DATA", Data));

    private static async Task<string> UrlAsync(CliProcess node)
    {
        await Eventually.True(() => node.Out.Contains('\n', StringComparison.Ordinal));
        var url = node.Out.Split(' ').Single(static word => word.StartsWith("http://", StringComparison.Ordinal));
        return url.TrimEnd(',');
    }
}
