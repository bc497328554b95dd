using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>A key is changed in a cluster of both kinds, from either side, and nobody is cut off by it.</summary>
public sealed class KeyRotationTests
{
    private static readonly GossipKey Old = GossipKey.Generate();
    private static readonly GossipKey New = GossipKey.Generate();

    [Fact]
    public async Task Agents_change_the_key_of_all()
    {
        await using var cluster = await EncryptedCluster.StartAsync(Old);
        var agent = cluster.Agents[1];
        await ListAsync(agent, Old, 4);

        await agent.RunAsync("keys", $"-install={New.ToBase64()}");
        Assert.All([cluster.First, cluster.Second], static node => Assert.Equal([Old, New], node.Keyring.Keys));
        await ListAsync(agent, New, 4);
        await cluster.ExpectEventsToReachAllAsync();

        await agent.RunAsync("keys", $"-use={New.ToBase64()}");
        Assert.All([cluster.First, cluster.Second], static node => Assert.Equal([New, Old], node.Keyring.Keys));
        await cluster.ExpectEventsToReachAllAsync();

        await agent.RunAsync("keys", $"-remove={Old.ToBase64()}");
        Assert.All([cluster.First, cluster.Second], static node => Assert.Equal([New], node.Keyring.Keys));
        Assert.DoesNotContain(Old.ToBase64(), await ListAsync(agent, New, 4), StringComparison.Ordinal);
        await cluster.RestartSecondAsync(New);
        await cluster.ExpectAllAliveAsync(4);
        await cluster.ExpectEventsToReachAllAsync();
        Assert.Empty(cluster.Complaints);
    }

    [Fact]
    public async Task Nodes_change_the_key_of_all()
    {
        await using var cluster = await EncryptedCluster.StartAsync(Old);
        var node = cluster.Second;
        Expect(await Eventually.Within(node.ListKeysAsync()), [(Old, 4)]);

        Expect(await Eventually.Within(node.AddKeyAsync(New)));
        Assert.All(cluster.Agents, agent => Assert.Equal([Old.ToBase64(), New.ToBase64()], cluster.KeptBy(agent.Name)));
        Expect(await Eventually.Within(node.ListKeysAsync()), [(Old, 4), (New, 4)]);
        await cluster.ExpectEventsToReachAllAsync();

        Expect(await Eventually.Within(node.UseKeyAsync(New)));
        Assert.All(cluster.Agents, agent => Assert.Equal(New.ToBase64(), cluster.KeptBy(agent.Name)[0]));
        Assert.Equal(New, cluster.First.Keyring.Primary);
        await cluster.ExpectEventsToReachAllAsync();

        Expect(await Eventually.Within(node.RemoveKeyAsync(Old)));
        Assert.All(cluster.Agents, agent => Assert.Equal([New.ToBase64()], cluster.KeptBy(agent.Name)));
        Expect(await Eventually.Within(node.ListKeysAsync()), [(New, 4)]);
        await cluster.ExpectEventsToReachAllAsync();
        await cluster.ExpectAllAliveAsync(4);
        Assert.Empty(cluster.Complaints);

        // The other node's answers came by an agent as well, and those of agents by nodes, which had nothing against it.
        Assert.Contains(cluster.Agents.SelectMany(static agent => agent.Log), static line => line.Contains("Relaying response", StringComparison.Ordinal));
        Assert.DoesNotContain(cluster.Nodes.Log.Of(LogLevel.Warning), static line => line.Contains("to be passed on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_member_refuses_is_counted_as_its_failure_by_the_other_kind()
    {
        await using var cluster = await EncryptedCluster.StartAsync(Old);
        Assert.Contains("4/4 nodes reported failure", await FailAsync(cluster.Agents[0], "keys", $"-remove={Old.ToBase64()}"), StringComparison.Ordinal);
        Assert.Contains("4/4 nodes reported failure", await FailAsync(cluster.Agents[0], "keys", $"-use={New.ToBase64()}"), StringComparison.Ordinal);

        // Only this one has it: the others say so.
        cluster.First.Keyring.Add(New);
        var report = await Eventually.Within(cluster.First.UseKeyAsync(New));
        Assert.Equal((4, 4, false), (report.Members, report.Answers, report.IsComplete));
        Assert.Equal(["ours-2", "theirs-1", "theirs-2"], report.Failures.Keys.Order(StringComparer.Ordinal));
        Assert.All(report.Failures.Values, static words => Assert.NotEmpty(words));
    }

    [Fact]
    public async Task Who_has_another_key_stays_out_and_who_starts_with_the_new_one_alone_is_in()
    {
        await using var cluster = await EncryptedCluster.StartAsync(Old);
        var stranger = await cluster.StartAgentAsync("stranger", New);
        await FailAsync(stranger, "join", cluster.First.EndPoint!.ToString());
        Assert.Null(TestCluster.Find(cluster.First, "stranger"));
        Assert.Single((await stranger.MembersAsync())!);

        Expect(await Eventually.Within(cluster.First.AddKeyAsync(New)));
        Expect(await Eventually.Within(cluster.First.UseKeyAsync(New)));
        await stranger.RunAsync("join", cluster.First.EndPoint!.ToString());
        await cluster.AddNodeAsync("ours-3", New);
        await cluster.ExpectAllAliveAsync(6);
        await cluster.ExpectEventsToReachAllAsync();
        var report = await Eventually.Within(cluster.First.RemoveKeyAsync(Old));
        Assert.True(report.IsComplete, string.Join(", ", report.Silent));
        Assert.Equal(6, report.Answers);
    }

    [Fact]
    public async Task A_member_that_is_silent_is_named()
    {
        await using var cluster = await EncryptedCluster.StartAsync(Old);
        cluster.Agents[1].Freeze(true);
        var report = await Eventually.Within(cluster.First.ListKeysAsync());
        Assert.Equal((4, 3, false), (report.Members, report.Answers, report.IsComplete));
        Assert.Equal(["theirs-2"], report.Silent);
        Assert.Equal(3, report.Keys[Old.ToBase64()]);
        cluster.Agents[1].Freeze(false);
    }

    private static async Task<string> FailAsync(SerfAgent agent, string command, params string[] arguments)
    {
        var (code, output) = await agent.TryRunAsync(command, arguments);
        Assert.True(code != 0, output);
        return output;
    }

    private static async Task<string> ListAsync(SerfAgent agent, GossipKey key, int members)
    {
        var (_, output) = await agent.TryRunAsync("keys", "-list");
        var listed = string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"{key.ToBase64()} [{members}/{members}]", listed, StringComparison.Ordinal);
        return listed;
    }

    private static void Expect(GossipKeyReport report, params (GossipKey Key, int Members)[] keys)
    {
        Assert.True(report.IsComplete, $"{report.Answers}/{report.Members} {string.Join(", ", report.Failures)} {string.Join(", ", report.Silent)}");
        Assert.Equal(4, report.Members);
        Assert.Equal(keys.ToDictionary(static key => key.Key.ToBase64(), static key => key.Members, StringComparer.Ordinal), report.Keys);
    }
}
