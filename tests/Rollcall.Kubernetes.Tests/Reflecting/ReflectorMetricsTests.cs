using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKit.Telemetry;
using Rollcall.TestKube;
using Rollcall.TestKube.Faults;

namespace Rollcall.Kubernetes.Tests.Reflecting;

public sealed class ReflectorMetricsTests
{
    private const string Slices = "rollcall.resource=endpointslices";

    [Fact]
    public async Task Requests_events_and_open_watches_are_counted()
    {
        using var meters = new MeterRecorder();
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1"));
        foreach (var kind in new[] { FaultKind.TooManyRequests, FaultKind.InternalError, FaultKind.Reset })
            cluster.Server.Faults.Add(new Fault(kind) { Verb = "list", Times = 1 });
        await using (var watch = new WatchRecorder(cluster.Source(meters: meters), ServiceTarget.Parse("k8s:///shop/orders")))
        {
            await Eventually.True(() => meters.Sum("rollcall.kubernetes.watches", Slices) == 1);
            cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2"));
            await Eventually.True(() => watch.Last is { Endpoints: [{ Host: "10.0.0.2" }] });
            cluster.Server.Faults.Add(new Fault(FaultKind.GoneStatus) { Verb = "watch", Times = 1 });
            cluster.Server.Faults.DropWatches();
            await Eventually.True(() => meters.Sum("rollcall.kubernetes.requests", $"{Slices},rollcall.verb=list,rollcall.outcome=ok") == 2);
            await Eventually.True(() => meters.Sum("rollcall.kubernetes.watches", Slices) == 1);
        }

        await Eventually.True(() => meters.Sum("rollcall.kubernetes.watches", Slices) == 0);
        foreach (var (verb, outcome) in new[] { ("list", "throttled"), ("list", "refused"), ("list", "failed"), ("watch", "expired") })
            Assert.Equal(1, meters.Sum("rollcall.kubernetes.requests", $"{Slices},rollcall.verb={verb},rollcall.outcome={outcome}"));
        Assert.Equal(1, meters.Sum("rollcall.kubernetes.events", Slices));
        Assert.True(meters.Sum("rollcall.kubernetes.list.duration", Slices) > 0);
        Assert.Equal(["{request}", "{event}", "{watch}", "s"], new[] { "requests", "events", "watches", "list.duration" }.Select(name => meters.Unit("rollcall.kubernetes." + name)));
    }
}
