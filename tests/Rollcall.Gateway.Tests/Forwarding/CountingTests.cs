using System.Net;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Forwarding;

public sealed class CountingTests
{
    [Fact]
    public async Task What_became_of_requests_is_counted_for_the_version_and_for_the_instance_that_answered()
    {
        await using var orders = await TestBackEnd.StartAsync(static context =>
        {
            context.Response.StatusCode = int.Parse(context.Request.Query["status"]!, System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders:
                path: /orders
                to: {{orders.Target}},127.0.0.1:1
            """);
        for (var i = 0; i < 4; i++)
        {
            foreach (var status in new[] { 200, 404, 500 })
                (await gateway.Client.GetAsync(new Uri($"/orders?status={status}", UriKind.Relative))).Dispose();
        }

        var route = gateway.Host.Routes.Current.Find("orders")!;
        var cluster = route.Splits[0].Cluster;
        var working = cluster.Current!.Set.Endpoints.Single(endpoint => endpoint.Ports.Values.Contains(orders.Url.Port));

        // A request is counted when it is over, which its client may see sooner; for its instance last, and there its latency.
        await Eventually.True(() => cluster.Instances.Find(working.Id)?.Read(0).Latency.Count == 12);
        var report = route.State.Versions[0].Read(0);
        Assert.Equal((4, 4, 4), (report.ByClass.C2, report.ByClass.C4, report.ByClass.C5));
        Assert.Equal((4, 0, 0), (report.Failed, report.Cancelled, report.InFlight));
        Assert.True(report.Retries > 0);
        Assert.Equal(12, report.Latency.Count);
        Assert.Equal(12, cluster.Instances.Find(working.Id)!.Read(0).Requests);
    }

    [Fact]
    public async Task An_instance_that_fails_is_seen_to_fail_though_its_requests_succeed_elsewhere()
    {
        var failures = 0;
        await using var bad = await TestBackEnd.StartAsync(context =>
        {
            Interlocked.Increment(ref failures);
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var good = await TestBackEnd.StartAsync(static _ => Task.CompletedTask);
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders:
                target: {{bad.Target}},127.0.0.1:{{good.Url.Port}}
                balancer: round-robin
            routes:
              orders:
                path: /orders
                to: orders
            """);
        for (var i = 0; i < 6; i++)
            (await gateway.Client.GetAsync(new Uri("/orders", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();

        var route = gateway.Host.Routes.Current.Find("orders")!;
        var cluster = route.Splits[0].Cluster;
        var ids = cluster.Current!.Set.Endpoints.ToDictionary(static endpoint => endpoint.Ports.Values.Single(), static endpoint => endpoint.Id);

        // The tries that failed are counted after the request that ended well.
        await Eventually.True(() => cluster.Instances.Find(ids[good.Url.Port])?.Read(0).Requests == 6 && cluster.Instances.Find(ids[bad.Url.Port])?.Read(0).Failed == failures);
        var seen = cluster.Instances.Find(ids[bad.Url.Port])!.Read(0);
        Assert.Equal((failures, failures, failures), (seen.Requests, seen.Failed, seen.ByClass.C5));
        Assert.True(failures > 0);
        var other = cluster.Instances.Find(ids[good.Url.Port])!.Read(0);
        Assert.Equal((6, 0), (other.Requests, other.Failed));
        Assert.Equal(0, route.State.Versions[0].Read(0).Failed);
    }

    [Fact]
    public async Task A_client_that_leaves_is_no_failure_of_the_service()
    {
        var came = new TaskCompletionSource();
        await using var orders = await TestBackEnd.StartAsync(async context =>
        {
            came.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            routes:
              orders:
                path: /orders
                to: {{orders.Target}}
            """);
        using var leave = new CancellationTokenSource();
        var request = gateway.Client.GetAsync(new Uri("/orders", UriKind.Relative), leave.Token);
        await Eventually.Within(came.Task);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        var version = gateway.Host.Routes.Current.Find("orders")!.State.Versions[0];
        await Eventually.True(() => version.Read(0).Cancelled == 1);
        Assert.Equal(0, version.Read(0).Failed);
        Assert.Equal(0, version.InFlight);
    }

    [Fact]
    public async Task A_service_without_an_endpoint_is_a_failure_without_a_latency()
    {
        await using var gateway = await TestGateway.StartAsync("""
            routes:
              orders:
                path: /orders
                to: static:///127.0.0.1:1
            """);

        using var answer = await gateway.Client.GetAsync(new Uri("/orders", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var version = gateway.Host.Routes.Current.Find("orders")!.State.Versions[0];
        await Eventually.True(() => version.Read(0).Failed == 1);
        Assert.Equal(0, version.Read(0).Latency.Count);
    }
}
