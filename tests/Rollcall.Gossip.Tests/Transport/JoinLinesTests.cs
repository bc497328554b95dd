using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class JoinLinesTests
{
    private readonly LogRecorder _log = new();

    [Fact]
    public void The_same_failure_is_told_less_and_less_often()
    {
        var lines = new JoinLines(_log);
        for (var i = 0; i < 1000; i++)
        {
            lines.Begin();
            lines.Failed("a", "Connection refused");
            lines.NobodyJoined(1, TimeSpan.FromSeconds(30));
        }

        int[] told = [1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 640, 768, 896];
        Assert.Equal(told.Select(static n => $"None of 1 seeds could be joined (try {n}); they are tried again in 30.0 s"), _log.Of(LogLevel.Warning));
        Assert.Equal(told.Select(static _ => "a could not be joined: Connection refused"), _log.Of(LogLevel.Information));
    }

    [Fact]
    public void Another_failure_is_told_at_once()
    {
        var lines = new JoinLines(_log);
        string[] reasons = ["x", "x", "x", "y", "y", "x"]; // the first, second and fourth try tell anyway
        foreach (var reason in reasons)
        {
            lines.Begin();
            lines.Failed("a", reason);
            lines.Failed("b", "z");
        }

        Assert.Equal(["x", "x", "y", "x"], _log.Of(LogLevel.Information).Where(static line => line.StartsWith('a')).Select(static line => line[^1..]));
        Assert.Equal(3, _log.Of(LogLevel.Information).Count(static line => line.StartsWith('b')));
    }

    [Fact]
    public async Task A_node_that_waits_for_its_seed_tells_less_and_less()
    {
        var time = new VirtualTime();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", time: time);
        using var cancel = new CancellationTokenSource();
        var joining = node.JoinAsync(["127.0.0.1:1"], cancel.Token);
        await time.AdvanceUntilAsync(() => cluster.Log.Of(LogLevel.Warning).Any(static line => line.Contains("(try 8)", StringComparison.Ordinal)), TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(joining));
        Assert.Equal(4, cluster.Log.Of(LogLevel.Warning).Count(static line => line.StartsWith("None of 1 seeds", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, "0.1")]
    [InlineData(40, "0.1")]
    [InlineData(1500, "1.5")]
    public void A_short_wait_is_not_called_none(int milliseconds, string told)
    {
        var lines = new JoinLines(_log);
        lines.Begin();
        lines.NobodyJoined(2, TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal([$"None of 2 seeds could be joined (try 1); they are tried again in {told} s"], _log.Of(LogLevel.Warning));
    }
}
