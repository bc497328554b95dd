using Rollcall.Gateway.Statistics;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Statistics;

public sealed class TrafficStatisticsTests
{
    [Fact]
    public void Read_SomeRequests_TellsEach()
    {
        var statistics = new TrafficStatistics();
        statistics.Begin();
        statistics.Count(new(200, 1, TimeSpan.FromMilliseconds(10), IsFailed: false, IsCancelled: false), 3);
        statistics.Count(new(204, 3, TimeSpan.FromMilliseconds(10), IsFailed: false, IsCancelled: false), 3);
        statistics.Count(new(404, 1, TimeSpan.FromMilliseconds(10), IsFailed: false, IsCancelled: false), 3);
        statistics.Count(new(503, 2, null, IsFailed: true, IsCancelled: false), 3);
        statistics.Count(new(0, 1, null, IsFailed: false, IsCancelled: true), 3);

        var report = statistics.Read(4);

        Assert.Equal(5, report.Requests);
        Assert.Equal(new StatusClasses(0, 2, 0, 1, 1), report.ByClass);
        Assert.Equal((1, 1, 3, 1), (report.Failed, report.Cancelled, report.Retries, report.InFlight));
        Assert.Equal((5.0, 1.25), (report.Rate1, report.Rate10));
        Assert.Equal(0.25, report.FailureRate60);
        Assert.Equal(3, report.Latency.Count);
    }

    [Fact]
    public void Count_OnceItHasBegun_AllocatesNothing()
    {
        var statistics = new TrafficStatistics();
        var end = new RequestEnd(200, 1, TimeSpan.FromMilliseconds(10), IsFailed: false, IsCancelled: false);

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0u; i < 1000; i++)
                statistics.Count(end, i);
        }));
    }
}
