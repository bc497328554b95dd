using System.Net;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands.Gossip;

public sealed class GossipLeaveCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_node_leaves_and_its_process_ends()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        await using var b = await RunningGossip.StartAsync(_directory, "b", "--join", a.Address);
        await a.SeesAsync("b");
        Assert.Equal((0, "b has left the cluster\n", ""), await b.AskAsync("leave"));
        Assert.Equal(0, await b.ExitAsync());
        Assert.EndsWith("Left the cluster\n", b.Log, StringComparison.Ordinal);
        await a.SeesAsync("left");
    }

    [Fact]
    public async Task A_failed_member_is_said_to_have_left_and_forgotten()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        await using var b = new GossipNode(Another("b"));
        await Eventually.Within(b.StartAsync());
        await Eventually.Within(b.JoinAsync([a.Address]));
        await a.SeesAsync("b");
        Assert.Equal((1, "", "error: b is there, and would object.\nLet it leave by itself, or stop it and wait until it has failed.\n"), await a.AskAsync("leave", "b"));
        await b.DisposeAsync(); // a crash: two signals to a process would leave it the time to say a word of its leave, now and then
        await a.SeesAsync("failed");
        Assert.Equal((0, "b is said to have left\n", ""), await a.AskAsync("leave", "b"));
        await a.SeesAsync("left");
        Assert.Equal((0, "b is forgotten\n", ""), await a.AskAsync("leave", "b", "--prune"));
        await Eventually.True(async () => !(await a.AskAsync("members")).Out.Contains("b  ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("leave nobody", 3, "error: no member is called 'nobody'.\nSee who there is with 'rollcall gossip members'.\n")]
    [InlineData("leave a", 2, "error: a is this node.\nIt leaves by 'rollcall gossip leave', without a name.\n")]
    [InlineData("leave --prune", 2, "error: --prune goes with the name of a member.\nSee 'rollcall gossip leave --help'.\n")]
    public async Task Who_cannot_be_made_to_leave_is_told(string line, int code, string error)
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        Assert.Equal((code, "", error), await a.AskAsync(line.Split(' ')));
    }

    private static GossipOptions Another(string name)
    {
        var options = GossipOptions.Local();
        (options.Serf, options.Name, options.Bind) = (true, name, new(IPAddress.Loopback, 0));
        return options;
    }
}
