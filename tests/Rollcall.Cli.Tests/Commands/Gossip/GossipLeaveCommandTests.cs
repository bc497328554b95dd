using Rollcall.Cli.Tests.Gossip;

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
}
