using System.Text.RegularExpressions;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

/// <summary><c>gateway</c>, and <c>serve --gateway</c> as a real process.</summary>
public sealed class GatewayCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gateway-").FullName;

    private string Routes => Path.Combine(_directory, "routes.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_file_of_the_document_is_right()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "gateway.md"));
        await File.WriteAllTextAsync(Routes, Regex.Match(text, "```yaml\n(?<file>.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Groups["file"].Value);
        using var run = new CliRun();

        var code = await run.RunAsync(["gateway", "check", Routes]);

        Assert.Equal((0, $"{Routes} is right: 4 routes, 4 clusters\n", ""), (code, run.Out, run.Error));
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_its_place()
    {
        await File.WriteAllTextAsync(Routes, "routes:\n  orders: { path: /orders, to: orders }\nunmatched: 7\n");
        using var run = new CliRun();

        var code = await run.RunAsync(["gateway", "check", Routes]);

        Assert.Equal((2, ""), (code, run.Out));
        Assert.Equal(
            $"error: {Routes}(2,32): route 'orders': there is no cluster 'orders' (there are none); name one, or a target such as rollcall:///orders.\n"
            + $"{Routes}(3,12): 'unmatched' is '7'; it must be a number from 400 to 599.\n"
            + "The keys are listed in docs/gateway.md.\n",
            run.Error);
    }

    [Fact]
    public async Task A_node_with_wrong_routes_does_not_start()
    {
        await File.WriteAllTextAsync(Routes, "rutes: {}");
        await using var node = new CliProcess(["serve", "--data", Path.Combine(_directory, "data"), "--urls", "http://127.0.0.1:0", "--gateway", "http://127.0.0.1:0", "--routes", Routes]);

        Assert.Equal(2, await node.ExitAsync());
        Assert.Contains("there is no key 'rutes'", node.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory, "data")));
    }

    [Fact]
    public async Task Targets_of_the_gateway_ask_the_node_beside_it()
    {
        await File.WriteAllTextAsync(Routes, "default: rollcall:///itself\n");
        await using var node = new CliProcess(["serve", "--durability", "memory", "--urls", "http://127.0.0.1:0", "--gateway", "http://127.0.0.1:0", "--routes", Routes]);
        await Eventually.True(() => node.Out.Split('\n').Length > 2);
        var urls = Regex.Matches(node.Out, "http://127.0.0.1:[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1));
        using var http = new HttpClient();
        var port = new Uri(urls[0].Value).Port;

        // The node is its own instance: what comes back through the gateway is the node's own list.
        using var registered = await http.PutAsync(
            new Uri($"{urls[0].Value}/api/services/itself/instances/i-1"), new StringContent($$"""{"address":"127.0.0.1","ports":{"http":{{port}}},"ttl":"1h"}"""));
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync());
        var services = await http.GetStringAsync(new Uri($"{urls[1].Value}/api/services"));

        Assert.Contains("itself", services, StringComparison.Ordinal);
        await node.SignalAsync(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, await node.ExitAsync());
        Assert.Empty(node.Error);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Rollcall.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
