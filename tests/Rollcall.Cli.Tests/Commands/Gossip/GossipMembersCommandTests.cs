using System.Text.Json;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipMembersCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_table_names_all_in_order()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=b", "--tag", "role=web");
        await using var b = await RunningGossip.StartAsync(_directory, "long-name", "--join", a.Address);
        await a.SeesAsync("long-name");
        var (code, text, error) = await a.AskAsync("members");
        Assert.Equal(
            $"""
            NAME       ADDRESS{Pad(a)}  STATUS  TAGS
            a          {a.Address}{Short(a, b)}  alive   role=web,zone=b
            long-name  {b.Address}{Short(b, a)}  alive   -

            """,
            text);
        Assert.Equal((0, ""), (code, error));
    }

    [Fact]
    public async Task Colours_are_for_a_terminal()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        Assert.DoesNotContain('\u001b', (await a.AskAsync("members")).Out);
        using var run = new CliRun { Time = TimeProvider.System, IsTerminal = true };
        await run.RunAsync(["gossip", "members", "--control", a.Socket]);
        Assert.Contains("\u001b[32malive\u001b[0m", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_a_document_with_all()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a", "--tag", "zone=b");
        var (code, text, _) = await a.AskAsync("members", "-o", "json");
        Assert.Equal(0, code);
        var port = a.Address.Split(':')[1];
        Assert.Equal(
            """{"members":[{"name":"a","address":"127.0.0.1","port":PORT,"status":"alive","tags":{"zone":"b"}}]}""".Replace("PORT", port, StringComparison.Ordinal),
            JsonSerializer.Serialize(JsonElement.Parse(text)));
    }

    [Fact]
    public async Task Those_of_a_status_can_be_asked_for()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        var b = await RunningGossip.StartAsync(_directory, "b", "--join", a.Address);
        await a.SeesAsync("b");
        Assert.Equal((0, "", "No member is left or failed.\n"), await a.AskAsync("members", "--status", "left", "--status", "failed"));
        b.Signal();
        await b.ExitAsync();
        await a.SeesAsync("left");
        Assert.Matches("^NAME +ADDRESS +STATUS +TAGS\nb .* left +-\n$", (await a.AskAsync("members", "--status", "left")).Out);
        Assert.Matches("^NAME +ADDRESS +STATUS +TAGS\na .* alive +-\n$", (await a.AskAsync("members", "--status", "alive")).Out);
        Assert.Equal((2, "", "error: --status: 'gone' is none; there are alive, leaving, left and failed.\nSee 'rollcall gossip members --help'.\n"), await a.AskAsync("members", "--status", "gone"));
        await b.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_node_it_says_what_to_do()
    {
        using var run = new CliRun { Time = TimeProvider.System };
        Assert.Equal(4, await Eventually.Within(run.RunAsync($"gossip members --control {_directory}/none.sock")));
        Assert.Equal(
            $"error: no gossip node answers at {_directory}/none.sock.\nStart one with 'rollcall gossip run', or name its socket with --control.\n", run.Error);
    }

    private static string Pad(RunningGossip node) => new(' ', Math.Max(node.Address.Length - "ADDRESS".Length, 0));

    private static string Short(RunningGossip node, RunningGossip other) => new(' ', Math.Max(other.Address.Length - node.Address.Length, 0));
}
