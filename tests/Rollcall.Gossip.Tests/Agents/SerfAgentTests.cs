using System.Net.Sockets;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>Nodes of ours and real Serf agents in one cluster on the loopback.</summary>
public sealed class SerfAgentTests
{
    [Fact]
    public async Task A_node_joins_an_agent_and_both_see_each_other()
    {
        await using var agent = await SerfAgent.StartAsync("theirs", "-tag", "role=web");
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours", "orders");
        Assert.Equal(1, await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()])));
        await Eventually.True(async () => await agent.StatusOfAsync("ours") == "alive");
        Assert.Equal(MemberState.Alive, TestCluster.StateOf(node, "theirs"));
        Assert.Equal(agent.EndPoint, TestCluster.Find(node, "theirs")!.EndPoint);
        Assert.Equal("web", TestCluster.Find(node, "theirs")!.ReadTags()["role"]);
        Assert.Equal("role=orders", await agent.TagsOfAsync("ours"));
        Assert.Empty(agent.Complaints);
    }

    [Fact]
    public async Task An_agent_joins_a_node_and_an_agent_learns_of_another_through_it()
    {
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours");
        await using var first = await SerfAgent.StartAsync("first");
        await using var second = await SerfAgent.StartAsync("second");
        await first.RunAsync("join", node.EndPoint!.ToString());
        await second.RunAsync("join", node.EndPoint!.ToString());
        foreach (var agent in new[] { first, second })
        {
            await Eventually.True(async () => await agent.MembersAsync() is { } members && members.Count == 3 && members.Values.All(static status => status == "alive"));
            Assert.Empty(agent.Complaints);
        }

        Assert.Equal(3, TestCluster.Live(node));
    }

    [Fact]
    public async Task Each_kind_sees_a_crash_of_the_other()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(3, Serf);
        await using var stays = await SerfAgent.StartAsync("stays");
        await using var crashes = await SerfAgent.StartAsync("crashes");
        foreach (var agent in new[] { stays, crashes })
            await agent.RunAsync("join", nodes[0].EndPoint!.ToString());
        await Eventually.True(() => nodes.All(static node => TestCluster.Live(node) == 5));
        await Eventually.True(async () => await stays.StatusOfAsync("n2") == "alive");

        // One after the other: who loses half of its cluster at once takes its time to believe it.
        crashes.Kill();
        await Eventually.True(() => TestCluster.StateOf(nodes[0], "crashes") == MemberState.Dead);
        await Eventually.True(async () => await stays.StatusOfAsync("crashes") == "failed");
        await nodes[2].DisposeAsync();
        await Eventually.True(() => TestCluster.StateOf(nodes[0], "n2") == MemberState.Dead);
        await Eventually.True(async () => await stays.StatusOfAsync("n2") == "failed");
    }

    [Fact]
    public async Task A_leave_of_an_agent_is_seen_as_one()
    {
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours");
        await using var agent = await SerfAgent.StartAsync("theirs");
        await agent.RunAsync("join", node.EndPoint!.ToString());
        await Eventually.True(() => TestCluster.StateOf(node, "theirs") == MemberState.Alive);
        await agent.RunAsync("leave");
        await Eventually.True(() => TestCluster.StateOf(node, "theirs") == MemberState.Left);
    }

    [Fact]
    public async Task A_frozen_agent_is_suspected_and_objects_when_it_goes_on()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("ours", options =>
        {
            Serf(options);
            options.SuspicionMultiplier = 60; // longer than the freeze, so that it is there to object
        });
        await using var agent = await SerfAgent.StartAsync("theirs");
        await agent.RunAsync("join", node.EndPoint!.ToString());
        await Eventually.True(() => TestCluster.StateOf(node, "theirs") == MemberState.Alive);
        agent.Freeze(true);
        await Eventually.True(() => TestCluster.StateOf(node, "theirs") == MemberState.Suspect);
        agent.Freeze(false);
        await Eventually.True(() => TestCluster.StateOf(node, "theirs") == MemberState.Alive);
    }

    [Fact]
    public async Task Changes_of_metadata_arrive_both_ways()
    {
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours");
        await using var agent = await SerfAgent.StartAsync("theirs");
        await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await node.UpdateTagsAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["dc"] = "east" });
        await Eventually.True(async () => await agent.TagsOfAsync("ours") == "dc=east");
        await agent.RunAsync("tags", "-set", "dc=west");
        await Eventually.True(() => TestCluster.Find(node, "theirs")!.ReadTags().GetValueOrDefault("dc") == "west");
        Assert.Empty(agent.Complaints);
    }

    [Fact]
    public async Task Events_arrive_both_ways_compressed_and_not()
    {
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours");
        await using var agent = await SerfAgent.StartAsync("theirs");
        await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await using var messages = node.ReadMessagesAsync().GetAsyncEnumerator();
        await agent.RunAsync("event", "-coalesce=false", "small", "x");
        await ExpectAsync("small", "x");
        await agent.RunAsync("event", "-coalesce=false", "large", new string('x', 400));
        await ExpectAsync("large", new string('x', 400));
        await node.SendEventAsync("ours-to-them", new byte[400]);
        await ExpectAsync("ours-to-them", new string('\0', 400));
        await Eventually.True(() => agent.Log.Any(static line => line.Contains("user-event: ours-to-them", StringComparison.Ordinal)));
        await node.BroadcastAsync("hello"u8.ToArray());
        await Eventually.True(() => agent.Log.Any(static line => line.Contains("user-event: rollcall", StringComparison.Ordinal)));
        Assert.Empty(agent.Complaints);
        await Assert.ThrowsAsync<ArgumentException>(() => node.SendEventAsync("long", new byte[510]));

        async Task ExpectAsync(string name, string payload)
        {
            Assert.True(await Eventually.Within(messages.MoveNextAsync().AsTask()));
            Assert.Equal((name, payload), (messages.Current.EventName, Encoding.ASCII.GetString(messages.Current.Payload.Span)));
        }
    }

    [Fact]
    public async Task A_leave_of_a_node_is_seen_as_one_and_a_failed_agent_can_be_told_to_have_left()
    {
        await using var cluster = new TestCluster();
        var leaves = await StartAsync(cluster, "leaves");
        var stays = await StartAsync(cluster, "stays");
        await using var agent = await SerfAgent.StartAsync("theirs");
        await using var crashes = await SerfAgent.StartAsync("crashes");
        foreach (var node in new[] { leaves, stays })
            await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await crashes.RunAsync("join", agent.EndPoint.ToString());
        await Eventually.True(async () => await agent.StatusOfAsync("leaves") == "alive" && TestCluster.Live(leaves) == 4 && TestCluster.Live(stays) == 4);

        Assert.True(await Eventually.Within(leaves.LeaveAsync()));
        await leaves.DisposeAsync();
        await Eventually.True(async () => await agent.StatusOfAsync("leaves") == "left" && TestCluster.StateOf(stays, "leaves") == MemberState.Left);

        crashes.Kill();
        await Eventually.True(async () => await agent.StatusOfAsync("crashes") == "failed" && TestCluster.StateOf(stays, "crashes") == MemberState.Dead);
        await agent.RunAsync("force-leave", "crashes");
        await Eventually.True(async () => await agent.StatusOfAsync("crashes") == "left" && TestCluster.StateOf(stays, "crashes") == MemberState.Left);
    }

    [Fact]
    public async Task An_agent_whose_name_is_claimed_by_another_lives_on_by_the_answers_of_nodes_alone()
    {
        await using var cluster = new TestCluster();
        var node = await StartAsync(cluster, "ours");
        await using var agent = await SerfAgent.StartAsync("theirs");
        await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await Eventually.True(async () => await agent.StatusOfAsync("ours") == "alive");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var forged = new byte[200];
        var length = MessageCodec.Write(forged, new Alive(9, "theirs"u8, NodeAddress.From([127, 0, 0, 1], 9), [0xff, 0x80], ProtocolVersions.Default));
        await socket.SendToAsync(forged.AsMemory(0, length), agent.EndPoint);
        await Eventually.True(() => agent.Log.Any(static line => line.Contains("majority in name conflict resolution", StringComparison.Ordinal)));
        Assert.DoesNotContain(agent.Log, static line => line.Contains("minority in name conflict resolution", StringComparison.Ordinal));
        Assert.Equal("alive", await agent.StatusOfAsync("theirs"));
    }

    [Fact]
    public async Task An_encrypted_cluster_changes_its_key()
    {
        var (old, next) = (GossipKey.Generate(), GossipKey.Generate());
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("ours", options =>
        {
            Serf(options);
            options.Keyring = new(old);
        });
        await using var agent = await SerfAgent.StartAsync("theirs", $"-encrypt={old.ToBase64()}");
        await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await Eventually.True(async () => await agent.StatusOfAsync("ours") == "alive");

        // The agents' own command asks all members by a query; here each side is told by its own means.
        node.Keyring.Add(next);
        await using var alone = await SerfAgent.StartAsync("newer", $"-encrypt={next.ToBase64()}");
        await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        Assert.Empty(agent.Complaints);
        node.Keyring.Use(next);
        Assert.Equal(1, await Eventually.Within(node.JoinAsync([alone.EndPoint.ToString()])));
        await Eventually.True(async () => await alone.StatusOfAsync("ours") == "alive");
    }

    private static Task<GossipNode> StartAsync(TestCluster cluster, string name, string? role = null) => cluster.StartAsync(name, options =>
    {
        Serf(options);
        if (role is not null)
            options.Tags["role"] = role;
    });

    // The times of the agents' own profile.
    private static void Serf(GossipOptions options)
    {
        options.Serf = true;
        options.ProbeInterval = GossipOptions.Local().ProbeInterval;
        options.GossipInterval = GossipOptions.Local().GossipInterval;
    }
}
