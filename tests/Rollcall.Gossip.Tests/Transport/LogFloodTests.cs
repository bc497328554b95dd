using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>What others send fills no disk, and what an operator acts on is there.</summary>
public sealed class LogFloodTests
{
    [Fact]
    public async Task Claims_of_a_name_are_a_few_lines_however_many_there_are()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var claim = new byte[200];
        await SendAsync("b", 1, new(IPAddress.Loopback, 9));
        await Eventually.True(() => TestCluster.Live(node) == 2);
        for (var i = 0; i < 300; i++)
            await SendAsync("b", (uint)(2 + i), new(IPAddress.Loopback, 1000 + i));
        // Again and again: where the node does not come to read, the flood has filled its buffer.
        await Eventually.True(async () =>
        {
            await SendAsync("c", 1, new(IPAddress.Loopback, 8));
            return TestCluster.Find(node, "c") is not null;
        });
        Assert.InRange(cluster.Log.Of(LogLevel.Warning).Count(static line => line.Contains("is claimed by", StringComparison.Ordinal)), 1, 5);

        async Task SendAsync(string name, uint incarnation, IPEndPoint address)
        {
            var length = MessageCodec.Write(claim, new Alive(incarnation, Encoding.UTF8.GetBytes(name), NodeAddress.From(address), default, ProtocolVersions.Default));
            await socket.SendToAsync(claim.AsMemory(0, length), node.EndPoint!);
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData(10, 10, "")]
    [InlineData(50, 50, "")]
    [InlineData(400, 50, "350 more times within 10 s: a member has failed")]
    public void Few_members_that_fail_are_a_line_each_and_hundreds_a_summary(int members, int lines, string summary)
    {
        var time = new VirtualTime();
        var log = new LogRecorder();
        using var metrics = new GossipMetrics(null, new(), static () => new(0, []));
        var reporter = new ProtocolReporter(metrics, new(time, log), time, log);
        for (var i = 0; i < members; i++)
        {
            var record = new NodeRecord(Encoding.UTF8.GetBytes($"n{i}"), NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default);
            reporter.Report(new ProtocolEvent(EventKind.Failed, 0) { Record = record });
            reporter.Settle();
        }

        Assert.Equal(lines, log.Of(LogLevel.Warning).Count());
        time.Advance(LineLimiter.Interval);
        reporter.Settle();
        reporter.Settle();
        Assert.Equal(summary.Length == 0 ? [] : [summary], log.Of(LogLevel.Warning).Skip(lines));
        reporter.Report(new ProtocolEvent(EventKind.Failed, 0) { Record = new("z"u8, default, default, ProtocolVersions.Default) });
        Assert.StartsWith("z at none has failed", log.Of(LogLevel.Warning).Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(EventKind.DatagramsLost))]
    [InlineData(nameof(EventKind.StreamsLost))]
    public void What_lasts_is_told_once_for_each_member_in_a_while(string what)
    {
        var kind = Enum.Parse<EventKind>(what);
        var time = new VirtualTime();
        var log = new LogRecorder();
        using var metrics = new GossipMetrics(null, new(), static () => new(0, []));
        var reporter = new ProtocolReporter(metrics, new(time, log), time, log);
        for (var minute = 0; minute < 25; minute++)
        {
            foreach (var name in new[] { "b", "c" })
            {
                var record = new NodeRecord(Encoding.UTF8.GetBytes(name), NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default);
                reporter.Report(new ProtocolEvent(kind, 0) { Record = record, Reason = "it refused" });
            }

            reporter.Settle();
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["b", "c", "b", "c", "b", "c"], log.Of(LogLevel.Warning).Select(static line => line[..1]));
        Assert.All(log.Of(LogLevel.Warning), static line => Assert.Matches("answers over (TCP, and datagrams|UDP.*it refused)", line));
    }

    [Fact]
    public void What_lasts_of_more_members_than_are_remembered_is_a_few_lines()
    {
        var time = new VirtualTime();
        var lines = new MemberLines(time);
        for (var i = 0; i < 2 * MemberLines.Max; i++)
            Assert.True(lines.TryTake(EventKind.StreamsLost, $"n{i}"));
        Assert.False(lines.TryTake(EventKind.StreamsLost, "n0"));
        Assert.True(lines.TryTake(EventKind.StreamsLost, $"n{MemberLines.Max}"));
        time.Advance(MemberLines.Interval);
        Assert.True(lines.TryTake(EventKind.StreamsLost, $"n{MemberLines.Max}"));
        Assert.False(lines.TryTake(EventKind.StreamsLost, $"n{MemberLines.Max}"));
    }

    [Fact]
    public async Task What_takes_long_at_the_start_is_no_pause_of_the_node()
    {
        var time = new VirtualTime();
        var log = new SlowLogger(time);
        var options = TestCluster.Options("a");
        await using var node = new GossipNode(options, logger: log, time: time);
        await Eventually.Within(node.StartAsync());
        await Eventually.Within(node.UpdateMetadataAsync("x"u8.ToArray()));
        Assert.DoesNotContain(log.Of(LogLevel.Warning), static line => line.StartsWith("This node did not run", StringComparison.Ordinal));
        Assert.Equal(0, node.HealthScore);
        // What comes later is one.
        log.IsSlow = true;
        await Eventually.Within(node.LeaveAsync());
        await Eventually.Within(node.UpdateMetadataAsync("x"u8.ToArray())); // a turn of the loop later its timer is set
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.True(() => log.Of(LogLevel.Warning).Any(static line => line.StartsWith("This node did not run", StringComparison.Ordinal)));
    }

    // The first line of a node is written in the first turn of its loop.
    private sealed class SlowLogger(VirtualTime time) : LogRecorder, ILogger<GossipNode>, ILogger
    {
        public bool IsSlow { get; set; } = true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Log(logLevel, eventId, state, exception, formatter);
            if (!IsSlow)
                return;
            IsSlow = false;
            time.Advance(TimeSpan.FromSeconds(3));
        }
    }
}
