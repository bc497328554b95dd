using System.Globalization;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Agents;

namespace Rollcall.Gossip.Tests.Agents;

/// <summary>Queries of real agents to nodes of ours: who acks, and who passes answers on.</summary>
public sealed class SerfQueryTests
{
    // Agents wait for answers a few seconds long, which is not always enough on a busy machine.
    private const int Tries = 5;

    [Fact]
    public async Task All_are_reachable()
    {
        await using var cluster = new TestCluster();
        await using var agent = await StartAsync(cluster);
        var (code, output) = (1, "");
        for (var tries = 0; tries < Tries && code != 0; tries++)
            (code, output) = await agent.TryRunAsync("reachability", "-verbose");
        Assert.True(code == 0, output);
        Assert.Contains("Successfully contacted all live nodes", output, StringComparison.Ordinal);
        Assert.Empty(agent.Complaints);
    }

    [Theory]
    [InlineData(new[] { "-node=ours-1", "-node=theirs" }, new[] { "ours-1", "theirs" })]
    [InlineData(new[] { "-tag=role=^w.b$" }, new[] { "ours-1" })]
    [InlineData(new[] { "-tag=role=web|db" }, new[] { "ours-1", "ours-2" })]
    [InlineData(new[] { "-tag=role=web|db", "-node=ours-2" }, new[] { "ours-2" })]
    [InlineData(new[] { "-tag=role=(" }, new string[0])]
    [InlineData(new[] { "-relay-factor=2" }, new[] { "ours-1", "ours-2", "theirs" })]
    public async Task Those_ack_that_a_query_is_for(string[] filters, string[] expected)
    {
        await using var cluster = new TestCluster();
        await using var agent = await StartAsync(cluster);
        var (output, acks) = ("", Array.Empty<string>());
        for (var tries = 0; tries < Tries && (tries == 0 || acks.Length < expected.Length); tries++)
        {
            (_, output) = await agent.TryRunAsync("query", ["-timeout=2s", .. filters, "anything"]);
            acks =
            [
                .. output.Split('\n', StringSplitOptions.TrimEntries).Where(static line => line.StartsWith("Ack from '", StringComparison.Ordinal)).Select(static line => line[10..^1]).Order(StringComparer.Ordinal),
            ];
            Assert.Subset(expected.ToHashSet(StringComparer.Ordinal), acks.ToHashSet(StringComparer.Ordinal));
        }

        Assert.Equal(expected, acks);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Total Acks: {expected.Length}"), output, StringComparison.Ordinal);
    }

    private static async Task<SerfAgent> StartAsync(TestCluster cluster)
    {
        var nodes = new[] { await NodeAsync("ours-1", "web"), await NodeAsync("ours-2", "db") };
        var agent = await SerfAgent.StartAsync("theirs", "-profile=lan");
        foreach (var node in nodes)
            await Eventually.Within(node.JoinAsync([agent.EndPoint.ToString()]));
        await Eventually.True(async () => await agent.MembersAsync() is { Count: 3 } && nodes.All(static node => TestCluster.Live(node) == 3));
        return agent;

        Task<GossipNode> NodeAsync(string name, string role) => cluster.StartAsync(name, options =>
        {
            options.Serf = true;
            options.Tags["role"] = role;
        });
    }
}
