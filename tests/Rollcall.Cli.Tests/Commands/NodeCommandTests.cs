using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Sources;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

/// <summary>The commands against a real node.</summary>
public sealed class NodeCommandTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task What_was_registered_is_seen_by_every_command()
    {
        await _node.RegisterAsync("orders", "o-1");
        Assert.Equal(
            """
            NAME    READY  DRAINING  NOT-READY  WATCHERS
            orders  1/1    0         0          0

            """,
            await OutAsync("services"));
        Assert.Contains("o-1  ready  10.0.0.5  http:8080  100     -     ", await OutAsync("instances orders"), StringComparison.Ordinal);
        Assert.Contains("o-1  ready  10.0.0.5  http:8080  100     -     ", await OutAsync("resolve orders"), StringComparison.Ordinal);
        Assert.Contains("100.0%", await OutAsync("pick orders"), StringComparison.Ordinal);
        Assert.Contains("registered  orders   o-1  ready", await OutAsync("history orders"), StringComparison.Ordinal);
        Assert.Contains("1 instance of 1 service, 0 watchers", await OutAsync("status"), StringComparison.Ordinal);
        Assert.StartsWith("orders/o-1 drained ", await OutAsync("drain orders o-1 --force test"), StringComparison.Ordinal);
        Assert.Equal("orders/o-1 deregistered\n", await OutAsync("deregister orders o-1"));
        Assert.Equal("registered draining deregistered", await _node.StoryAsync("orders"));
    }

    [Fact]
    public async Task Json_is_what_the_API_answers()
    {
        await _node.RegisterAsync("orders", "o-1");
        var document = JsonSerializer.Deserialize(await OutAsync("instances orders -o json"), ApiJson.Default.ServiceDocument)!;
        Assert.Equal("o-1", Assert.Single(document.Instances).Id);
        Assert.Equal(document.Revision, JsonSerializer.Deserialize(await OutAsync("services -o json"), ApiJson.Default.ServiceListDocument)!.Revision);
    }

    [Theory]
    [InlineData("instances nope", 3)]
    [InlineData("deregister orders nope", 3)]
    [InlineData("drain orders nope", 3)]
    [InlineData("watchers nope", 3)]
    [InlineData("resolve nope", 3)]
    [InlineData("pick nope", 3)]
    [InlineData("history orders", 0)]
    [InlineData("deregister orders owned", 1)]
    [InlineData("deregister orders owned --owner wrong", 1)]
    [InlineData("deregister orders owned --owner secret", 0)]
    [InlineData("instances orders --at 2001-01-01T00:00:00Z", 1)]
    public async Task Exit_codes_tell_what_happened(string line, int code)
    {
        await _node.RegisterAsync("orders", "owned", owner: "secret");
        using var run = Run();
        Assert.True(code == await run.RunAsync(line), run.Error);
        Assert.Equal(code is not 0, run.Error.Length > 0 && run.Out.Length == 0);
    }

    [Fact]
    public async Task Drain_waits_for_a_watcher_and_names_it()
    {
        await _node.RegisterAsync("orders", "o-1");
        var before = await _node.Client.GetServiceAsync("orders");
        // Watches, and never applies what it is told.
        var stuck = _node.Client.GetServiceAsync("orders", new ServiceQuery { Index = before.Revision, Watcher = "stuck-1", Wait = TimeSpan.FromMinutes(5) });
        await Eventually.True(() => OutAsync("watchers orders").GetAwaiter().GetResult().Contains("stuck-1", StringComparison.Ordinal));
        using var run = Run();
        Assert.Equal(1, await run.RunAsync("drain orders o-1 --force test --timeout 100ms"));
        Assert.Contains("stuck-1  poll  1        no", run.Out, StringComparison.Ordinal);
        Assert.StartsWith("error: orders/o-1 is draining, but 1 of 1 watcher had not applied it after ", run.Error, StringComparison.Ordinal);
        await Eventually.Within(stuck);
    }

    [Fact]
    public async Task Watch_follows_a_real_service_and_lets_a_drain_complete()
    {
        await _node.RegisterAsync("orders", "o-1");
        using var watch = Run();
        var watching = watch.RunAsync("watch orders");
        await Eventually.True(() => watch.Out.Contains("+ o-1", StringComparison.Ordinal));
        using var drain = Run();
        Assert.Equal(0, await Eventually.Within(drain.RunAsync("drain orders o-1 --force test")));
        Assert.Contains("1 watcher applied it", drain.Out, StringComparison.Ordinal);
        await Eventually.True(() => watch.Out.Contains("~ o-1  state ready -> draining", StringComparison.Ordinal));
        watch.Signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(0, await Eventually.Within(watching));
    }

    [Fact]
    public async Task Watch_ends_when_nobody_reads_it_any_more()
    {
        await _node.RegisterAsync("orders", "o-0");
        var program = Path.Combine(AppContext.BaseDirectory, "rollcall.dll");
        using var pipe = Process.Start(new ProcessStartInfo("sh", ["-c", $"dotnet {program} watch orders --node {_node.Url} | head -n 1"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var exited = pipe.WaitForExitAsync();
        // Only a write finds out; every change is one.
        for (var i = 1; !exited.IsCompleted && i < 1000; i++)
        {
            await _node.RegisterAsync("orders", $"o-{i}");
            await Task.WhenAny(exited, Task.Delay(TimeSpan.FromMilliseconds(50)));
        }

        await Eventually.Within(exited);
        Assert.Contains("! live, ", await pipe.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(await pipe.StandardError.ReadToEndAsync());
    }

    private CliRun Run() => new()
    {
        Time = TimeProvider.System,
        Variables = { ["ROLLCALL_NODE"] = _node.Url },
        Source = new SourceRegistry([new RollcallSource(new RollcallSourceOptions { Nodes = { new Uri(_node.Url) } })]),
    };

    private async Task<string> OutAsync(string line)
    {
        using var run = Run();
        var code = await Eventually.Within(run.RunAsync(line));
        Assert.True(code == 0, $"{line}: {run.Error}");
        return run.Out;
    }
}
