using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.DependencyInjection;
using Rollcall.Sources;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;
using Rollcall.Tests.Registration;
using Rollcall.Watching;

namespace Rollcall.Tests.DependencyInjection;

public sealed class AddRollcallTests
{
    [Fact]
    public async Task Services_ByName_LeadToTheirTargets()
    {
        await using var application = new Application(null, ("Rollcall:Services:orders", "static:///10.0.0.1:80"), ("Rollcall:Services:shop.payments", "10.0.0.2:81"));

        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://orders/"));
        Assert.Equal("http://10.0.0.2:81/x", await application.SendAsync("http://shop.payments/x"));
        Assert.Equal("http://other/", await application.SendAsync("http://other/"));
    }

    [Fact]
    public async Task Precedence_IsRollcallThenServicesThenDefaultScheme()
    {
        await using var application = new Application(
            null,
            ("Rollcall:DefaultScheme", "fake"),
            ("Rollcall:Services:a", "static:///10.0.0.1:80"),
            ("Services:a:http:0", "http://10.0.0.2:80"),
            ("Services:b:http:0", "http://10.0.0.2:80"));
        application.Source.Set(new Endpoint("x", "10.0.0.3", 80));

        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://a/"));
        Assert.Equal("http://10.0.0.2/", await application.SendAsync("http://b/"));
        Assert.Equal("http://10.0.0.3/", await application.SendAsync("http://c/"));
    }

    [Fact]
    public async Task ServicesSection_AsAspireWritesIt_NamesPortsAndSchemes()
    {
        await using var application = new Application(
            null,
            ("Services:orders:http:0", "http://localhost:5001"),
            ("Services:orders:https:0", "https://localhost:7001"),
            ("Services:orders:admin:0", "https://localhost:9001"));

        Assert.Equal("http://localhost:5001/", await application.SendAsync("http://orders/"));
        Assert.Equal("https://localhost:7001/", await application.SendAsync("https+http://orders/"));
        Assert.Equal("https://localhost:9001/", await application.SendAsync("https+http://_admin.orders/"));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => application.SendAsync("http://_grpc.orders/"));
        Assert.Contains("there are: admin, http, https", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ServicesSection_IsFollowedByTheSameWatch()
    {
        await using var application = new Application(null, ("Services:orders:http:0", "http://10.0.0.1:80"));
        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://orders/"));

        application.Configuration.Replace("Services:", ("Services:orders:http:0", "http://10.0.0.2:80"));
        await application.Time.AdvanceUntilAsync(
            () => application.Router.Find(new Uri("http://orders"), new())!.Current!.Set.Endpoints[0].Host == "10.0.0.2",
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromSeconds(10));

        Assert.Equal("http://10.0.0.2/", await application.SendAsync("http://orders/"));
        Assert.Equal(1, application.Resolver.WatchCount);
    }

    [Fact]
    public async Task Reload_RollcallServices_LeadsElsewhereFromTheNextRequestOn()
    {
        await using var application = new Application(null, ("Rollcall:Services:orders", "static:///10.0.0.1:80"));
        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://orders/"));

        application.Configuration.Replace("Rollcall:", ("Rollcall:Services:orders", "static:///10.0.0.2:80"), ("Rollcall:Services:new", "static:///10.0.0.3:80"));

        Assert.Equal("http://10.0.0.2/", await application.SendAsync("http://orders/"));
        Assert.Equal("http://10.0.0.3/", await application.SendAsync("http://new/"));
        application.Configuration.Replace("Rollcall:");
        Assert.Equal("http://orders/", await application.SendAsync("http://orders/"));
    }

    [Fact]
    public async Task Reload_Wrong_IsLoggedAndTheOldStays()
    {
        var log = new RecordingLogger<ServiceNamesFollower>();
        await using var application = new Application(
            services => services.AddSingleton<ILogger<ServiceNamesFollower>>(log), ("Rollcall:Services:orders", "static:///10.0.0.1:80"));
        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://orders/"));

        application.Configuration.Replace("Rollcall:", ("Rollcall:Services:orders", "nonsense:///x"));

        Assert.Equal("http://10.0.0.1/", await application.SendAsync("http://orders/"));
        Assert.Contains(log.Lines, static line => line.Contains("services stay what they were", StringComparison.Ordinal) && line.Contains("nonsense", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_EverythingWrong_SaysEverythingAtOnce()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Rollcall:Services:a"] = "",
            ["Rollcall:Services:b"] = "nonsense:///b",
            ["Rollcall:Services:c"] = "rollcall:///Not_A_Name",
            ["Rollcall:DefaultScheme"] = "magic",
            ["Rollcall:Node"] = "ftp://node",
            ["Rollcall:Balancer"] = "fastest",
            ["Rollcall:MaxAttempts"] = "11",
            ["Rollcall:PerTryTimeout"] = "soon",
            ["Rollcall:ConnectTimeout"] = "0s",
            ["Rollcall:AvoidTime"] = "1m",
            ["Rollcall:Watch:HoldDownLossShare"] = "2",
            ["Rollcall:PerTryTimout"] = "2s",
            ["Rollcall:Watch:Lingr"] = "2s",
            ["Rollcall:Dns:Servers"] = "10.0.0.53, dns.test",
            ["Rollcall:Dns:AddressFamily"] = "ipv5",
            ["Rollcall:Dns:MinInterval"] = "1ms",
            ["Rollcall:Dns:Timeout"] = "1s",
            ["Rollcall:SlowStartWindow"] = "2h",
            ["Rollcall:SlowStartMinShare"] = "0",
            ["Rollcall:SlowStartAggression"] = "0.01",
            ["Rollcall:Aperture"] = "100001",
            ["Rollcall:PreferOwnZone"] = "perhaps",
            ["Rollcall:Health:MaxEjectedShare"] = "1.5",
            ["Rollcall:Health:Interval"] = "1ms",
            ["Rollcall:Health:LatencyFactor"] = "0.5",
            ["Rollcall:Health:Retries"] = "1",
            ["Rollcall:Health:Probe:Kind"] = "udp",
            ["Rollcall:Health:Probes:orders:Kind"] = "tcp",
            ["Rollcall:Health:Probes:orders:Path"] = "health",
        });
        builder.Services.AddRollcall();
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        string[] keys = ["Services:a", "Services:b", "Services:c", "DefaultScheme", "Node", "Balancer", "MaxAttempts", "PerTryTimeout", "ConnectTimeout", "AvoidTime", "Watch: ", "PerTryTimout is no option", "Watch:Lingr is no option", "Dns:Servers names 'dns.test'", "Dns:AddressFamily is 'ipv5'", "Dns:MinInterval is", "Dns:Timeout is no option", "SlowStartWindow", "SlowStartMinShare", "SlowStartAggression", "Aperture", "PreferOwnZone", "Health:MaxEjectedShare", "Health:Interval", "Health:LatencyFactor", "Health:Retries is no option", "Health:Probe:Kind", "Health:Probes:orders:Path"];
        Assert.Equal(keys.Length, error.Failures.Count());
        Assert.All(keys, key => Assert.Single(error.Failures, failure => failure.StartsWith($"Rollcall:{key}", StringComparison.Ordinal)));
        Assert.Contains("Rollcall:PerTryTimeout is 'soon', which is no duration; write it like 2s, 500ms or 00:00:02.", error.Failures, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Options_FromConfigurationAndCode_CodeComesSecond()
    {
        await using var application = new Application(
            static services => services.AddRollcall(static options => options.MaxAttempts = 7),
            ("Rollcall:MaxAttempts", "5"),
            ("Rollcall:PerTryTimeout", "1500ms"),
            ("Rollcall:ConnectTimeout", "00:00:03"),
            ("Rollcall:AvoidTime", "0s"),
            ("Rollcall:Watch:HoldDownTime", "250ms"),
            ("Rollcall:Watch:HoldDownLossShare", "0.25"));

        var options = application.Services.GetRequiredService<IOptions<RollcallOptions>>().Value;

        Assert.Equal(7, options.MaxAttempts);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), options.PerTryTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), options.ConnectTimeout);
        Assert.Equal(TimeSpan.Zero, options.AvoidTime);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Watch.HoldDownTime);
        Assert.Equal(0.25, options.Watch.HoldDownLossShare);
    }

    [Fact]
    public async Task AddRollcall_WithoutConfiguration_Works()
    {
        var services = new ServiceCollection().AddRollcall(static options => options.Services["orders"] = "static:///10.0.0.1:80");
        await using var provider = services.BuildServiceProvider();

        var set = await provider.GetRequiredService<ServiceResolver>().ResolveAsync(ServiceTarget.Parse("static:///10.0.0.1:80"));

        Assert.Single(set.Endpoints);
        Assert.Equal(["configuration", "dns", "dns+srv", "file", "http", "https", "rollcall", "static"], provider.GetRequiredService<SourceRegistry>().Schemes);
    }

    [Fact]
    public void AddRollcall_Twice_AddsNothingNew()
    {
        var services = new ServiceCollection().AddRollcall();
        var before = services.Count(static service => service.ServiceType.Namespace!.StartsWith("Rollcall", StringComparison.Ordinal));

        services.AddRollcall();

        Assert.Equal(before, services.Count(static service => service.ServiceType.Namespace!.StartsWith("Rollcall", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dispose_Synchronously_EndsTheWatches()
    {
        var application = new Application(null, ("Rollcall:Services:orders", "fake:///orders"));
        application.Source.Set(new Endpoint("a", "10.0.0.1", 80));
        await application.SendAsync("http://orders/");
        Assert.Equal(1, application.Source.Open);

        ((IDisposable)application.Services).Dispose();

        await Eventually.True(() => application.Source.Open == 0);
    }

    [Fact]
    public async Task Node_FromTheConfiguration_IsWhatRollcallTargetsAsk()
    {
        await using var application = new Application(
            null, ("Rollcall:Services:orders", "rollcall:///orders"), ("Rollcall:Node", "127.0.0.1:1, http://127.0.0.1:2"), ("Rollcall:Watch:FirstSnapshotTimeout", "300ms"));

        var sending = application.SendAsync("http://orders/");
        await application.Time.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        Assert.Contains("127.0.0.1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_FromTheConfiguration_IsHowDnsTargetsAreLookedUp()
    {
        await using var server = new FakeDnsServer();
        server.Set(ZoneRecord.Address("orders.test", "10.0.0.1"), ZoneRecord.Address("orders.test", "2001:db8::1"));
        await using var application = new Application(
            null, ("Rollcall:Dns:Servers:0", server.EndPoint.ToString()), ("Rollcall:Dns:AddressFamily", "ipv4"), ("Rollcall:Dns:MinInterval", "1s"), ("Rollcall:Dns:MaxInterval", "20s"), ("Rollcall:Dns:QueryTimeout", "30s"));

        var options = application.Services.GetRequiredService<IOptions<RollcallOptions>>().Value.Dns;
        var set = await Eventually.Within(application.Services.GetRequiredService<SourceRegistry>().DiscoverAsync(ServiceTarget.Parse("dns:///orders.test:80"), CancellationToken.None).AsTask());

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)), (options.MinInterval, options.MaxInterval, options.QueryTimeout));
        Assert.Equal("10.0.0.1:80", Assert.Single(set.Endpoints).Id);
    }
}
