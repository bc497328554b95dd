using System.Runtime.InteropServices;
using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

/// <summary><c>register</c> against a real node, with real programs.</summary>
public sealed class RegisterCommandTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-register-").FullName;
    private TestNode _node = null!;

    private string ReadyFile => Path.Combine(_directory, "ready");

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task It_ends_with_the_exit_code_of_a_program_that_ends_by_itself()
    {
        using var run = Run();
        Assert.Equal(7, await Register(run, "sh", "-c", "exit 7"));
        Assert.Equal("registered deregistered", await _node.StoryAsync("orders"));
        Assert.Equal(
            $"""
            rollcall: orders/orders-10-0-0-5-8080 registered with {_node.Url}, revision 1
            rollcall: the program ended with exit code 7
            rollcall: orders/orders-10-0-0-5-8080 deregistered

            """,
            run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("no-such-program", 127, "error: no-such-program: command not found in PATH.\nNothing was registered.\n")]
    [InlineData("/", 126, "error: / cannot be run: it is a directory.\nNothing was registered.\n")]
    public async Task A_program_that_cannot_run_leaves_nothing_registered(string program, int code, string error)
    {
        using var run = Run();
        Assert.Equal(code, await Register(run, program));
        Assert.Equal(error, run.Error);
        Assert.Equal("", await _node.StoryAsync("orders"));
    }

    [Fact]
    public async Task A_program_the_system_refuses_leaves_nothing_registered()
    {
        var program = Path.Combine(_directory, "broken");
        await File.WriteAllBytesAsync(program, [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0, 0]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // Often, because what is taken back at once may not have been told by everyone who tells it.
        for (var i = 0; i < 20; i++)
        {
            using var run = Run();
            Assert.Equal(126, await Register(run, program));
            Assert.Contains("could not be started", run.Error, StringComparison.Ordinal);
            Assert.Empty((await _node.Client.GetServiceAsync("orders")).Instances);
        }
    }

    [Fact]
    public async Task On_SIGTERM_it_drains_while_the_program_still_runs_and_only_then_stops_it()
    {
        var (ping, pong) = (Path.Combine(_directory, "ping"), Path.Combine(_directory, "pong"));
        using var run = Run();
        var running = Register(run, "sh", "-c", $"trap 'exit 5' TERM; touch {ReadyFile}; while :; do test -e {ping} && touch {pong}; sleep 0.02; done");
        await Eventually.True(() => File.Exists(ReadyFile));
        var stuck = _node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "checkout-1", Wait = TimeSpan.FromMinutes(1) });
        await Eventually.True(() => _node.Client.GetWatchersAsync("orders").GetAwaiter().GetResult().Watchers.Count == 1);

        run.Signals.Raise(PosixSignal.SIGTERM);
        var draining = await Eventually.Within(stuck);
        Assert.Equal("draining", Assert.Single(draining.Instances).State);

        // A shell looks at signals between two commands: had it been told to stop by now, it would not answer.
        await File.WriteAllTextAsync(ping, "");
        await Eventually.True(() => File.Exists(pong) || running.IsCompleted);
        Assert.False(running.IsCompleted, "the program was stopped before its watcher had applied the drain");

        // Applied now: the drain may complete.
        var applied = _node.Client.GetServiceAsync("orders", new ServiceQuery { Index = draining.Revision, Watcher = "checkout-1", Wait = TimeSpan.FromMinutes(1) });
        Assert.Equal(5, await Eventually.Within(running));
        Assert.Empty((await Eventually.Within(applied)).Instances);
        Assert.Equal("registered draining deregistered", await _node.StoryAsync("orders"));
        Assert.Contains("rollcall: SIGTERM: draining orders/orders-10-0-0-5-8080 for at most 10s\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("drained: 1 watcher applied it\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_that_never_applies_it_is_waited_for_no_longer_than_allowed_and_named()
    {
        using var run = Run();
        var running = run.RunAsync(["register", "orders", "--address", "10.0.0.5:8080", "--drain-timeout", "1500ms"]);
        await Eventually.True(() => run.Error.Contains("registered", StringComparison.Ordinal));
        var stuck = _node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "stuck-1", Wait = TimeSpan.FromMinutes(1) });
        await Eventually.True(() => _node.Client.GetWatchersAsync("orders").GetAwaiter().GetResult().Watchers.Count == 1);
        run.Signals.Raise(PosixSignal.SIGTERM);
        Assert.Equal(0, await Eventually.Within(running));
        Assert.Contains("not drained in time: still waiting for stuck-1", run.Error, StringComparison.Ordinal);
        await Eventually.Within(stuck);
        Assert.Equal("registered draining deregistered", await _node.StoryAsync("orders"));
    }

    [Fact]
    public async Task A_second_signal_cuts_the_drain_short()
    {
        using var run = Run();
        var running = run.RunAsync(
            ["register", "orders", "--address", "10.0.0.5:8080", "--drain-timeout", "10m", "--", "sh", "-c", $"trap 'kill $!; exit 5' INT; sleep 60 & touch {ReadyFile}; wait"]);
        await Eventually.True(() => File.Exists(ReadyFile));
        var stuck = _node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "stuck-1", Wait = TimeSpan.FromMinutes(1) });
        await Eventually.True(() => _node.Client.GetWatchersAsync("orders").GetAwaiter().GetResult().Watchers.Count == 1);
        run.Signals.Raise(PosixSignal.SIGINT);
        await Eventually.Within(stuck);
        run.SignalTime.Advance(TimeSpan.FromSeconds(1));
        run.Signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(5, await Eventually.Within(running));
        Assert.Contains("the drain was cut short", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_said_of_it_reaches_the_node()
    {
        using var run = Run();
        var running = run.RunAsync(
            "register orders --address [::1]:8080 --id o-1 --port admin=8081 --ttl 1m --meta version=v2 --meta a=b=c --weight 7 --zone z1 --owner secret --check tcp://[::1]:8080"
                .Split(' '));
        await Eventually.True(() => run.Error.Contains("registered", StringComparison.Ordinal));
        var instance = Assert.Single((await _node.Client.GetServiceAsync("orders")).Instances);
        Assert.Equal(("o-1", "::1", 7, "z1", "not-ready"), (instance.Id, instance.Address, instance.Weight, instance.Zone, instance.State));
        Assert.Equal("admin:8081 http:8080", string.Join(' ', instance.Ports.Select(static port => $"{port.Key}:{port.Value}")));
        Assert.Equal("a=b=c version=v2", string.Join(' ', instance.Metadata!.Select(static label => $"{label.Key}={label.Value}")));
        var error = await Assert.ThrowsAsync<NodeException>(() => _node.Client.DeregisterAsync("orders", "o-1"));
        Assert.Equal(403, error.Status);
        run.Signals.Raise(PosixSignal.SIGTERM);
        Assert.Equal(0, await Eventually.Within(running));
    }

    [Theory]
    [InlineData("register orders", "missing --address.")]
    [InlineData("register orders --address 10.0.0.5", "no port is named; write --address 10.0.0.5:8080, or --port NAME=N.")]
    [InlineData("register orders --address a:80 --port http=81", "--address and --port both name the port http; leave one out.")]
    [InlineData("register orders --address a:99999", "--address: 'a:99999' is no address. Write it like 10.0.0.5:8080.")]
    [InlineData("register orders --address http://a:80", "--address: 'http://a:80' is no address. Write it like 10.0.0.5:8080.")]
    [InlineData("register orders --address a:80 --port x=y", "--port: 'x=y' is not a name and a port from 1 to 65535, such as admin=8081.")]
    [InlineData("register orders --address a:80 --port x=1 --port x=2", "--port: x is given twice; give it once.")]
    [InlineData("register orders --address a:80 --meta novalue", "--meta: 'novalue' is not a key and a value, such as version=v2.")]
    [InlineData("register orders --address a:80 --check ftp://a", "--check: 'ftp://a' is no check. Write http://HOST:PORT/PATH or tcp://HOST:PORT.")]
    [InlineData("register orders --address a:80 --check tcp://a", "--check: 'tcp://a' is no check. Write http://HOST:PORT/PATH or tcp://HOST:PORT.")]
    [InlineData("register orders --address a:80 --ttl 100ms", "--ttl: '100ms' is not a duration from 1s to 24h. Write it like 500ms, 30s or 5m.")]
    [InlineData("register orders --address a:80 --weight 101", "--weight: '101' is not a whole number from 0 to 100.")]
    [InlineData("register orders --address a:80 ./app", "unexpected argument './app'; a program to run stands behind --.")]
    [InlineData("register orders --address a:80 --wieght 5", "unknown option --wieght; did you mean --weight?")]
    public async Task Wrong_usage_is_refused_before_anything_happens(string line, string message)
    {
        using var run = Run();
        Assert.Equal(2, await run.RunAsync(line));
        Assert.Equal($"error: {message}\nSee 'rollcall register --help'.\n", run.Error);
        Assert.Equal(0, (await _node.Client.ListServicesAsync()).Revision);
    }

    [Fact]
    public async Task What_the_node_refuses_is_an_error_and_the_program_is_not_run()
    {
        await _node.RegisterAsync("orders", "o-1", owner: "somebody else's");
        using var run = Run();
        Assert.Equal(1, await run.RunAsync(["register", "orders", "--address", "10.0.0.5:8080", "--id", "o-1", "--", "touch", ReadyFile]));
        Assert.StartsWith("error: Could not register orders/o-1: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ReadyFile));
    }

    [Fact]
    public async Task Without_a_node_it_fails_at_once_and_the_program_is_not_run()
    {
        using var run = new CliRun { Time = TimeProvider.System, Variables = { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! } };
        Assert.Equal(4, await run.RunAsync(["--node", "127.0.0.1:1", "register", "orders", "--address", "10.0.0.5:8080", "--", "touch", ReadyFile]));
        Assert.Contains("connection refused", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ReadyFile));
    }

    [Fact]
    public async Task The_next_node_named_is_asked_when_the_first_is_not_there()
    {
        using var run = Run();
        run.Variables["ROLLCALL_NODE"] = $"http://127.0.0.1:1, {_node.Url}";
        Assert.Equal(0, await Register(run, "true"));
        Assert.Equal("registered deregistered", await _node.StoryAsync("orders"));
    }

    [Fact]
    public async Task The_real_process_drains_on_SIGTERM_and_ends_as_its_program_was_ended()
    {
        await using var process = new CliProcess(
            ["register", "orders", "--address", "10.0.0.5:8080", "--", "sh", "-c", $"touch {ReadyFile}; exec sleep 60"], ("ROLLCALL_NODE", _node.Url));
        await Eventually.True(() => File.Exists(ReadyFile));
        await process.SignalAsync(PosixSignal.SIGTERM);
        Assert.Equal(128 + 15, await process.ExitAsync());
        Assert.Equal("registered draining deregistered", await _node.StoryAsync("orders"));
        Assert.Contains("rollcall: orders/orders-10-0-0-5-8080 deregistered", process.Error, StringComparison.Ordinal);
    }

    private static Task<int> Register(CliRun run, params string[] program) =>
        Eventually.Within(run.RunAsync(["register", "orders", "--address", "10.0.0.5:8080", "--", .. program]));

    private CliRun Run() => new()
    {
        Time = TimeProvider.System,
        Variables = { ["ROLLCALL_NODE"] = _node.Url, ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
    };
}
