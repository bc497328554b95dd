using System.Net;
using Rollcall.Cli.Tests.Gossip;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Cli.Tests.Commands.Gossip;

/// <summary>On clocks that stand still: no exchange is over before it is done, however busy the machine is.</summary>
public sealed class GossipJoinCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-gossip-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Two_clusters_become_one()
    {
        await using var a = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a");
        await using var b = await RunningGossip.StartAsync(new VirtualTime(), _directory, "b");
        Assert.Equal((0, "Joined by 1 address; the cluster has 2 members\n", ""), await b.AskAsync("join", a.Address));
        await a.SeesAsync("b");
    }

    [Fact]
    public async Task A_node_does_not_join_itself()
    {
        await using var a = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a");
        Assert.Equal((0, "Nothing to join: that is the node itself\n", ""), await a.AskAsync("join", a.Address));
    }

    [Fact]
    public async Task Where_nobody_answers_it_fails_and_says_where_to_look()
    {
        await using var a = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a");
        var nobody = new IPEndPoint(IPAddress.Loopback, FreePorts.Take()).ToString();
        Assert.Equal(
            (1, "", $"error: nobody could be joined; {nobody}: Connection refused.\nPerhaps nobody listens there, or with other keys or another label; the log over there may say more.\n"),
            await a.AskAsync("join", nobody));
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_told()
    {
        await using var a = await RunningGossip.StartAsync(_directory, "a");
        var (code, _, error) = await a.AskAsync("join", "nobody.invalid");
        Assert.Equal(1, code);
        Assert.StartsWith("error: nobody could be joined; nobody.invalid: its name could not be resolved: ", error, StringComparison.Ordinal);
        Assert.Contains("[5021] nobody.invalid could not be joined: its name could not be resolved: ", a.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_that_do_not_answer_are_told_beside_one_that_does()
    {
        await using var a = await RunningGossip.StartAsync(new VirtualTime(), _directory, "a");
        await using var b = await RunningGossip.StartAsync(new VirtualTime(), _directory, "b");
        var nobody = new IPEndPoint(IPAddress.Loopback, FreePorts.Take()).ToString();
        Assert.Equal((0, "Joined by 1 address; the cluster has 2 members\n", $"{nobody}: Connection refused\n"), await b.AskAsync("join", nobody, a.Address));
    }

    [Fact]
    public async Task What_is_no_address_is_wrong_usage()
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync("gossip join 10.0.0.5:99999"));
        Assert.StartsWith("error: ADDRESS: '10.0.0.5:99999' is no address. Write it like", run.Error, StringComparison.Ordinal);
    }
}
