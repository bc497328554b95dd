using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests;

/// <summary>What is asked of a node at the wrong time, or of no sense, is refused by its name, and not done in silence.</summary>
public sealed class MisuseTests
{
    [Fact]
    public async Task A_node_that_was_never_started_ends_its_watches_and_readers()
    {
        var node = new GossipNode(TestCluster.Options("a"));
        await using var before = node.WatchAsync().GetAsyncEnumerator();
        await using var messages = node.ReadMessagesAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(before.MoveNextAsync().AsTask()));
        var change = before.MoveNextAsync().AsTask();
        var message = messages.MoveNextAsync().AsTask();
        await node.DisposeAsync();
        Assert.False(await Eventually.Within(change));
        Assert.False(await Eventually.Within(message));
        await using var after = node.WatchAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(after.MoveNextAsync().AsTask()));
        Assert.False(await Eventually.Within(after.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task Options_count_as_they_were_when_a_node_was_made()
    {
        var options = TestCluster.Options("a");
        var metadata = "one"u8.ToArray();
        options.Metadata = metadata;
        options.Advertise = new(IPAddress.Loopback, 17);
        await using var node = new GossipNode(options);
        (options.Name, options.ProbeInterval, metadata[0]) = ("b", TimeSpan.Zero, (byte)'x');
        (options.Bind.Address, options.Advertise.Port) = (IPAddress.Any, 18);
        await Eventually.Within(node.StartAsync());
        Assert.Equal("a", node.Name);
        Assert.Equal(new(IPAddress.Loopback, 17), node.EndPoint);
        Assert.Equal("one", TestCluster.Metadata(node, "a"));
    }

    [Fact]
    public async Task Tags_count_as_they_were_when_a_node_was_made()
    {
        var options = TestCluster.Options("a");
        options.Serf = true;
        options.Tags["role"] = "web";
        await using var node = new GossipNode(options);
        options.Tags["role"] = "db";
        await Eventually.Within(node.StartAsync());
        Assert.Equal("web", TestCluster.Find(node, "a")!.ReadTags()["role"]);
    }

    [Fact]
    public async Task After_it_has_left_a_node_joins_nobody_and_tells_all_nothing()
    {
        await using var cluster = new TestCluster();
        var other = await cluster.StartAsync("other");
        var node = await cluster.StartAsync("a", static options => options.Serf = true);
        var late = node.JoinAsync(["127.0.0.1:1"]);
        Assert.True(await Eventually.Within(node.LeaveAsync()));
        string[] seeds = [other.EndPoint!.ToString()];
        await Assert.ThrowsAsync<InvalidOperationException>(() => Eventually.Within(late));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.JoinAsync(seeds));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.TryJoinAsync(seeds));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.BroadcastAsync("x"u8.ToArray()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.SendEventAsync("x", default));
        Assert.True(await Eventually.Within(node.LeaveAsync()));
        Assert.Equal(1, TestCluster.Live(other));
        Assert.DoesNotContain(cluster.Log.Of(LogLevel.Information), static line => line.StartsWith("Joined by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_before_it_begins_is_none()
    {
        await using var node = new GossipNode(TestCluster.Options("a"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.StartAsync(new(canceled: true)));
        Assert.Null(node.EndPoint);
        await Eventually.Within(node.StartAsync());
        await using var changes = node.WatchAsync(new(canceled: true)).GetAsyncEnumerator();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => changes.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task An_address_that_cannot_be_listened_at_is_named()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a");
        var options = TestCluster.Options("b");
        options.Bind = first.EndPoint!;
        await using var second = new GossipNode(options);
        var error = await Assert.ThrowsAsync<SocketException>(() => second.StartAsync());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.StartsWith($"{first.EndPoint} cannot be listened at: ", error.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await Eventually.Within(second.StartAsync());
    }

    [Fact]
    public async Task Nonsense_is_refused_by_its_name()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        var agent = await cluster.StartAsync("b", static options => options.Serf = true);
        Assert.Equal("seeds", (await Assert.ThrowsAsync<ArgumentException>(() => node.JoinAsync([null!]))).ParamName);
        Assert.Equal("delivery", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => node.SendAsync("b", default, (GossipDelivery)7))).ParamName);
        Assert.Equal("metadata", (await Assert.ThrowsAsync<ArgumentException>(() => node.UpdateMetadataAsync(new byte[513]))).ParamName);
        Assert.Equal("payload", (await Assert.ThrowsAsync<ArgumentException>(() => node.BroadcastAsync(new byte[5000]))).ParamName);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = null! };
        Assert.Equal("tags", (await Assert.ThrowsAsync<ArgumentException>(() => agent.UpdateTagsAsync(tags))).ParamName);
        Assert.Throws<ArgumentException>(static () => new GossipKeyring([null!]));
    }

    [Theory]
    [InlineData('\ud800', false)] // half of a character that takes two: others would be told of another name
    [InlineData('\udc00', false)]
    [InlineData('\ufffd', true)]
    [InlineData('é', true)]
    public void A_name_is_what_others_are_told(char part, bool isValid)
    {
        var errors = GossipOptionsValidator.Errors(new() { Name = $"a{part}" }).ToArray();
        Assert.Equal(isValid ? 0 : 1, errors.Length);
        Assert.All(errors, static found => Assert.StartsWith("Name is no text", found, StringComparison.Ordinal));
    }

    [Fact]
    public void What_no_node_can_be_made_with_is_named()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = null! };
        Assert.Equal("Tags has no value for role; it may be empty, but not null.", Assert.Single(GossipOptionsValidator.Errors(new() { Serf = true, Tags = tags })));
        Assert.Equal(
            "Bind is [::ffff:127.0.0.1]:17, an IPv4 address in the form of IPv6; it must be 127.0.0.1.",
            Assert.Single(GossipOptionsValidator.Errors(new() { Bind = IPEndPoint.Parse("[::ffff:127.0.0.1]:17") })));
        Assert.Throws<OptionsValidationException>(() => new GossipNode(new() { Serf = true, Tags = tags }));
    }

    [Fact]
    public void Reports_are_read_in_a_log()
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "it refused", ["a"] = "it is gone" };
        var none = new Dictionary<string, int>(StringComparer.Ordinal);
        Assert.Equal("1 joined; a: it is gone; b: it refused", new GossipJoinReport(1, failures).ToString());
        Assert.Equal("2 of 3 answered, not c; a: it is gone; b: it refused", new GossipKeyReport(3, 2, failures, none, none) { Silent = ["c"] }.ToString());
        Assert.Equal("3 of 3 answered", new GossipKeyReport(3, 3, new Dictionary<string, string>(StringComparer.Ordinal), none, none).ToString());
    }
}
