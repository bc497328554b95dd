using Microsoft.AspNetCore.Builder;
using Rollcall.Cli.Execution;
using Rollcall.Gateway;

namespace Rollcall.Cli.Tests.Commands;

/// <summary><c>gateway status</c> and <c>gateway shift</c> against a node and its gateway, which sends to the node itself.</summary>
public sealed class GatewayStatusTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-gateway-");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });
    private GatewayHost? _gateway;
    private WebApplication _node = null!;

    private string Node => _node.Urls.Single();

    private string File => Path.Combine(_directory.FullName, "routes.yaml");

    public async ValueTask InitializeAsync()
    {
        _node = await NodeRun.StartAsync(NodeRun.Read(new ServeSettings { Urls = ["http://127.0.0.1:0"], Durability = "memory" }), () => Volatile.Read(ref _gateway), CancellationToken.None);
        var itself = $"static:///127.0.0.1:{new Uri(Node).Port}";
        await System.IO.File.WriteAllTextAsync(File, $$"""
            clusters:
              itself: {{itself}}
              nobody: { target: "static:///127.0.0.1:1", breakerMinRequests: 2, breakerPause: 30m }
            routes:
              health:
                path: /healthz
                affinity: { cookie: stay }
                mirror: { to: itself }
                splits:
                  - { version: v1, to: itself, weight: 90 }
                  - { version: v2, to: itself, weight: 10 }
              broken: { path: /broken, to: nobody }
            """);
        _gateway = await GatewayRun.StartAsync(new ServeSettings { Gateway = ["http://127.0.0.1:0"], Routes = File }, _node, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway!.StopAsync(CancellationToken.None);
        await _gateway.DisposeAsync();
        await _node.StopAsync();
        await _node.DisposeAsync();
        _http.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Status_is_quiet_where_there_is_nothing_to_say()
    {
        using var run = Run();

        var code = await run.RunAsync($"gateway status --node {Node}");

        Assert.Equal((0, ""), (code, run.Error));
        Assert.StartsWith($"Listens on {_gateway!.Urls.Single()}; routes in force for ", run.Out, StringComparison.Ordinal);
        var lines = run.Out.Split('\n');
        Assert.Equal("", lines[1]);
        Assert.StartsWith("ROUTE", lines[2], StringComparison.Ordinal);
        Assert.Matches("^health +v1 +90% +itself +0/s", lines[3]);
        Assert.Matches("^health +v2 +10% +itself +0/s", lines[4]);
    }

    [Fact]
    public async Task Status_tells_of_breakers_sessions_and_copies()
    {
        for (var i = 0; i < 2; i++)
            (await _http.GetAsync(new Uri($"{_gateway!.Urls.Single()}/broken"))).Dispose();
        (await _http.GetAsync(new Uri($"{_gateway!.Urls.Single()}/healthz"))).Dispose();
        using var run = Run();

        var code = await run.RunAsync($"gateway status --node {Node}");

        Assert.Equal((0, ""), (code, run.Error));
        Assert.Contains("\nThe circuit breaker of nobody is open: it has kept requests away for ", run.Out, StringComparison.Ordinal);
        Assert.Contains("\nSessions of health (cookie stay): 0 requests kept, 1 begun, 0 moved\n", run.Out, StringComparison.Ordinal);
        Assert.Matches("\nCopies of health to itself: 1 sent, 0 failed, 0 skipped, 0 dropped, [01] under way\n", run.Out);
    }

    [Fact]
    public async Task Status_tells_of_a_file_that_was_refused()
    {
        await System.IO.File.WriteAllTextAsync(File, "rutes: {}\ndefalt: x\n");
        var seen = "";
        for (var i = 0; i < 5000 && !seen.Contains("there is no key 'defalt'", StringComparison.Ordinal); i++)
        {
            using var run = Run();
            Assert.Equal(0, await run.RunAsync($"gateway status --node {Node}"));
            seen = run.Out;
        }

        Assert.Contains("\nThe routes file was refused ", seen, StringComparison.Ordinal);
        Assert.Contains(" ago, the ones before are in force:\n  ", seen, StringComparison.Ordinal);
        Assert.Equal(2, seen.Split('\n').Count(static line => line.StartsWith("  ", StringComparison.Ordinal) && line.Contains("there is no key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Shift_changes_the_shares_until_they_are_reset()
    {
        using var shift = Run();
        Assert.Equal((0, "health: v1 50%, v2 50%\n"), (await shift.RunAsync($"gateway shift health v2=50% --node {Node}"), shift.Out));

        using var status = Run();
        await status.RunAsync($"gateway status --node {Node}");
        Assert.Matches("\nhealth +v2 +50% shifted", status.Out);

        using var reset = Run();
        Assert.Equal((0, "health: v1 90%, v2 10%\n"), (await reset.RunAsync($"gateway shift health --reset --node {Node}"), reset.Out));
    }

    [Theory]
    [InlineData("gateway shift health v3=10%", "There is no version 'v3'; there are: v1, v2.")]
    [InlineData("gateway shift orders v1=10%", "The gateway has no route 'orders'; it has: health, broken.")]
    public async Task Shift_that_cannot_be_says_why_and_changes_nothing(string line, string expected)
    {
        using var run = Run();

        var code = await run.RunAsync($"{line} --node {Node}");

        Assert.NotEqual(0, code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        using var status = Run();
        await status.RunAsync($"gateway status --node {Node}");
        Assert.DoesNotContain("shifted", status.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gateway shift health")]
    [InlineData("gateway shift health v2=10% --reset")]
    [InlineData("gateway shift health v2=10")]
    [InlineData("gateway shift health v2=10% v2=20%")]
    public async Task Shift_that_is_written_wrong_is_told_before_anybody_is_asked(string line)
    {
        using var run = Run();

        Assert.Equal(2, await run.RunAsync($"{line} --node {Node}"));
        Assert.Null(run.Asked);
    }

    private static CliRun Run() => new() { Time = TimeProvider.System };
}
