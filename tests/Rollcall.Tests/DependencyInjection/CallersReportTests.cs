using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Watching;

namespace Rollcall.Tests.DependencyInjection;

public sealed class CallersReportTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("rollcall:///orders");
    private static readonly Endpoint[] Endpoints = [new("o-1", "10.0.0.1", 80), new("o-2", "10.0.0.2", 80), new("o-3", "10.0.0.3", 80)];

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task WhatTrafficTaught_IsReportedWithTheNextQuery_AndTakenBack()
    {
        await using var node = await FakeNode.StartAsync(_time);
        node.Set("orders", Endpoints);
        await using var application = Start(node.Url);
        using var watch = application.GetRequiredService<ServiceResolver>().Watch(Orders);
        var health = application.GetRequiredService<HealthMonitor>().Of(Orders);
        var endpoint = health.Read(await watch.GetAsync())[1];
        Assert.Equal("", node.Findings["orders"]);

        for (var i = 0; i < 5; i++)
            health.Report(endpoint, new RequestOutcome(OutcomeKind.Error, TimeSpan.FromMilliseconds(1)));
        node.Set("orders", [.. Endpoints, new Endpoint("o-4", "10.0.0.4", 80)]);
        await Eventually.True(() => node.Findings["orders"] == "\"o-2\";reason=failures;times=1;success=0");

        _time.Advance(TimeSpan.FromSeconds(6.3));
        Assert.True(health.Allows(endpoint));
        health.Report(endpoint, new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMilliseconds(1)));
        node.Set("orders", Endpoints);
        await Eventually.True(() => node.Findings["orders"].Length == 0);
    }

    [Fact]
    public async Task Report_TurnedOff_TellsNothing()
    {
        await using var node = await FakeNode.StartAsync(_time);
        await using var application = Start(node.Url, ("Rollcall:Health:Report", "false"));
        var monitor = application.GetRequiredService<HealthMonitor>();
        var health = monitor.Of(Orders);
        health.Silent(health.Read(new EndpointSet(Orders, Endpoints, 1, DateTimeOffset.UnixEpoch))[0]);

        Assert.Empty(monitor.FindingsOf(Orders));
    }

    private ServiceProvider Start(Uri node, params (string Key, string Value)[] values)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new SettableConfiguration([("Rollcall:Node", node.AbsoluteUri), .. values]).Root);
        services.AddSingleton<TimeProvider>(_time);
        services.AddRollcall();
        return services.BuildServiceProvider();
    }
}
