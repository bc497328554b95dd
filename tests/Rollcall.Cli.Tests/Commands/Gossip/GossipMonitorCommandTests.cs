using System.Runtime.InteropServices;
using System.Text.Json;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipMonitorCommandTests : IDisposable
{
    private const string Time = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z  ";
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_state_comes_first_and_then_what_changes()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=a");
        using var run = new CliRun { Time = TimeProvider.System };
        var monitor = run.RunAsync(["gossip", "monitor", "--control", a.Socket]);
        await SaysAsync(run, $"^{Time}! 1 member\n{Time}\\+ a  {a.Address} alive zone=a\n$");

        await using var b = await RunningGossip.StartAsync(_directory, "b", "--join", a.Address);
        await SaysAsync(run, $"\n{Time}\\+ b  {b.Address} alive\n");
        await b.AskAsync("tags", "version=v2");
        await SaysAsync(run, $"\n{Time}~ b  version - -> v2\n");
        Assert.Equal((0, "deploy sent\n", ""), await b.AskAsync("send", "deploy", "v2 now"));
        await SaysAsync(run, $"\n{Time}\\* deploy  v2 now\n");
        await b.AskAsync("send", "bare");
        await SaysAsync(run, $"\n{Time}\\* bare\n");
        b.Signal();
        await SaysAsync(run, $"\n{Time}- b  left\n");

        run.Signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(0, await Eventually.Within(monitor));
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task A_node_that_ends_ends_it()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        using var run = new CliRun { Time = TimeProvider.System };
        var monitor = run.RunAsync(["gossip", "monitor", "--control", a.Socket]);
        await SaysAsync(run, "! 1 member");
        a.Signal();
        Assert.Equal(4, await Eventually.Within(monitor));
        Assert.Equal($"error: the gossip node at {a.Socket} has ended.\n", run.Error);
    }

    [Fact]
    public async Task Json_is_a_document_per_line()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        using var run = new CliRun { Time = TimeProvider.System };
        var monitor = run.RunAsync(["gossip", "monitor", "-o", "json", "--control", a.Socket]);
        await SaysAsync(run, "\n.*\n");
        await a.AskAsync("send", "deploy", "v2");
        await SaysAsync(run, "\n.*\n.*\n");
        run.Signals.Raise(PosixSignal.SIGINT);
        await Eventually.Within(monitor);
        var lines = run.Out.TrimEnd('\n').Split('\n').Select(static line => JsonElement.Parse(line)).ToArray();
        Assert.All(lines, static line => Assert.EndsWith("Z", line.GetProperty("time").GetString(), StringComparison.Ordinal));
        Assert.Equal(["snapshot", "member", "event"], lines.Select(static line => line.GetProperty("kind").GetString()));
        Assert.Equal(1, lines[0].GetProperty("count").GetInt32());
        Assert.Equal("a", lines[1].GetProperty("member").GetProperty("name").GetString());
        Assert.Equal(("deploy", "v2"), (lines[2].GetProperty("event").GetString(), lines[2].GetProperty("payload").GetString()));
    }

    [Fact]
    public async Task An_event_that_is_too_long_is_refused()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        Assert.Equal((2, "", "error: NAME is empty; an event has a name.\nSee 'rollcall gossip send --help'.\n"), await a.AskAsync("send", ""));
        Assert.Equal((2, "", "error: An event has at most 512 bytes, its name among them.\n"), await a.AskAsync("send", "deploy", new string('x', 512)));
    }

    private static Task SaysAsync(CliRun run, string pattern) =>
        Eventually.True(() => System.Text.RegularExpressions.Regex.IsMatch(run.Out, pattern, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
}
