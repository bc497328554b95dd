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
        await Eventually.True(() => route.State.Versions[0].Read(0).Requests == 12);
        var report = route.State.Versions[0].Read(0);
        Assert.Equal((4, 4, 4), (report.ByClass.C2, report.ByClass.C4, report.ByClass.C5));
        Assert.Equal((4, 0, 0), (report.Failed, report.Cancelled, report.InFlight));
        Assert.True(report.Retries > 0);
        Assert.Equal(12, report.Latency.Count);
        var cluster = route.Splits[0].Cluster;
        var working = cluster.Current!.Set.Endpoints.Single(endpoint => endpoint.Ports.Values.Contains(orders.Url.Port));
        Assert.Equal(12, cluster.Instances.Find(working.Id)!.Read(0).Requests);
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
