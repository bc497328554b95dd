using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>Who is not let in is told of at the node that does not let it in: whoever looks for a wrong key looks there.</summary>
public sealed class RefusedStreamTests
{
    private const string Refused = "rollcall.gossip.refused";
    private const string OfStreams = "rollcall.gossip.what=stream";

    [Theory]
    [InlineData("no key", "it is not encrypted")]
    [InlineData("another key", "decrypt")]
    [InlineData("another label", "label")]
    public async Task Who_joins_without_what_the_cluster_has_is_told_of(string what, string why)
    {
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        await using var others = new TestCluster();
        var node = await cluster.StartAsync("a", static options => (options.Keyring, options.Label) = (new(GossipKey.Generate()), "ours"), meters: meters);
        var stranger = await others.StartAsync("b", options =>
        {
            options.Keyring = what == "no key" ? new() : what == "another key" ? new(GossipKey.Generate()) : node.Keyring;
            options.Label = what == "another label" ? "theirs" : "ours";
        });
        var report = await Eventually.Within(stranger.TryJoinAsync([node.EndPoint!.ToString()]));
        Assert.Equal(0, report.Joined);
        await Eventually.True(() => Lines(cluster).Any());
        Assert.Matches($"^A stream from 127\\.0\\.0\\.1:\\d+ was refused: .*{why}", Lines(cluster).First());
        Assert.True(meters.Sum(Refused, OfStreams) >= 1);
    }

    [Fact]
    public async Task Garbage_is_told_of_a_few_times_and_then_by_its_number()
    {
        var time = new VirtualTime();
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", meters: meters, time: time);
        for (var i = 1; i <= 20; i++)
        {
            await RawPeer.ExchangeAsync(node, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            await Eventually.True(() => meters.Sum(Refused, OfStreams) >= i);
        }

        await Eventually.True(() => Lines(cluster).Count() == 5);
        time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.True(() => Lines(cluster).Count() == 6);
        Assert.StartsWith("15 more times within 10 s: a stream was refused; the last was from 127.0.0.1:", Lines(cluster).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_nothing_until_its_time_is_over_is_told_of()
    {
        var time = new VirtualTime();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", time: time);
        using var silent = await RawPeer.ConnectAsync(node);
        var ended = RawPeer.ReadAllAsync(silent);
        await Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return ended.IsCompleted;
        });
        await Eventually.True(() => Lines(cluster).Any(static line => line.EndsWith("it took too long", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_finds_all_seats_taken_is_told_of()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => (options.MaxStreams, options.StreamTimeout) = (2, TimeSpan.FromHours(1)));
        using var seated = await RawPeer.ConnectAsync(node);
        using var late = await RawPeer.ConnectAsync(node);
        Assert.Empty(await RawPeer.ReadAllAsync(late));
        await Eventually.True(() => Lines(cluster).Any(static line => line.EndsWith("too many are open", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_only_looks_whether_the_port_is_open_is_refused_nothing()
    {
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", meters: meters);
        using (await RawPeer.ConnectAsync(node))
        {
            // It has seen enough.
        }

        Assert.Equal(0, await Eventually.Within(node.JoinAsync([node.EndPoint!.ToString()]))); // nor is this node itself
        await Eventually.True(() => meters.Sum("rollcall.gossip.streams", "network.io.direction=receive,rollcall.result=failure") >= 1);
        await RawPeer.ExchangeAsync(node, "nonsense"u8.ToArray());
        await Eventually.True(() => Lines(cluster).Any());
        Assert.Equal(1, meters.Sum(Refused, OfStreams));
        Assert.Single(Lines(cluster));
    }

    private static IEnumerable<string> Lines(TestCluster cluster) =>
        cluster.Log.Of(LogLevel.Warning).Where(static line => line.Contains("stream", StringComparison.Ordinal) && line.Contains("refused", StringComparison.Ordinal));
}
