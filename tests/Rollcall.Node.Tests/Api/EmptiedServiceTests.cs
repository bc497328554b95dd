using System.Net;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node.Tests.Api;

/// <summary>What a node still knows of a service whose last instance has left.</summary>
public sealed class EmptiedServiceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<TestNode> StartAsync() => TestNode.StartAsync(options => options with
    {
        Registry = options.Registry with { Journal = new JournalOptions { Durability = Durability.Interval, Directory = _directory.Path } },
    });

    [Fact]
    public async Task It_is_an_empty_list_with_its_revision_over_a_restart()
    {
        await using (var before = await StartAsync())
        {
            await before.PutAsync("orders", "o-1");
            await before.PutAsync("orders", "o-2");
            await before.Client.DeregisterAsync("orders", "o-1");
            await before.Client.DeregisterAsync("orders", "o-2");
            await before.PutAsync("stock", "s-1");
        }

        await using var node = await StartAsync();

        var orders = await node.GetAsync("/api/services/orders");
        Assert.Equal(HttpStatusCode.OK, orders.Status);
        Assert.Equal(4, orders.Json.GetProperty("revision").GetInt64());
        Assert.Empty(orders.Json.GetProperty("instances").EnumerateArray());
        Assert.Equal(4, (await node.GetAsync("/api/services/orders?index=4&wait=0s")).Json.GetProperty("revision").GetInt64());
        Assert.Equal(4, (await node.GetAsync("/api/services/orders?index=2&wait=5m")).Json.GetProperty("revision").GetInt64());
        Assert.Equal("service-not-found", (await node.GetAsync("/api/services/nothing")).Problem);
        Assert.Equal("service-not-found", (await node.GetAsync("/api/services/nothing?at=0s")).Problem);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/services/orders?at=0s")).Status);
    }

    [Fact]
    public async Task It_stays_in_the_list_and_in_the_gauges_with_nobody_left()
    {
        await using var node = await StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.Client.DeregisterAsync("orders", "o-1");

        var service = Assert.Single((await node.Client.ListServicesAsync()).Services);
        Assert.Equal(("orders", 0, 0, 2), (service.Name, service.Instances, service.Ready, service.Revision));
        var metrics = (await node.GetAsync("/metrics")).Body;
        Assert.Contains("rollcall_service_instances{service=\"orders\",state=\"ready\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("rollcall_registry_services 0\n", metrics, StringComparison.Ordinal);
        Assert.Equal(0, (await node.Client.GetStatusAsync()).Services);
    }
}
