using System.Globalization;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

public sealed class LargeRunTests(ITestOutputHelper output)
{
    /// <summary>ROLLCALL_GOSSIP_NODES=10000 makes it the run of the issue; the benchmark measures that one.</summary>
    [Fact]
    public void A_large_cluster_knows_of_every_crash_and_change()
    {
        var size = int.TryParse(Environment.GetEnvironmentVariable("ROLLCALL_GOSSIP_NODES"), NumberStyles.None, CultureInfo.InvariantCulture, out var nodes) ? nodes : 500;
        var result = LargeRun.Run(size, size > 500 ? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(5));
        output.WriteLine(result.ToString());
        Assert.Equal("", result.Difference);
        Assert.InRange(result.PacketsPerNodeAndSecond, 2, 10);
        Assert.InRange(result.SlowestCrashKnown.TotalSeconds, 1, 90);
        Assert.InRange(result.SlowestUpdateKnown.TotalSeconds, 0.1, 60);
    }
}
