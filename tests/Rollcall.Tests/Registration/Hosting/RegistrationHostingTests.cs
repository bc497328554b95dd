using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Registration;
using Rollcall.Registration.Hosting;
using Rollcall.TestKit;

namespace Rollcall.Tests.Registration.Hosting;

public sealed class RegistrationHostingTests
{
    private static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        builder.Logging.ClearProviders();
        return builder;
    }

    [Fact]
    public async Task A_worker_is_announced_while_it_runs()
    {
        await using var node = await FakeNode.StartAsync();
        var builder = Builder(
            ("Rollcall:Registration:Nodes:0", node.Url),
            ("Rollcall:Registration:Instances:mailer:Weight", "7"),
            ("Rollcall:Registration:Instances:mailer:Zone", "b"),
            ("Rollcall:Registration:Instances:mailer:Ttl", "25s"),
            ("Rollcall:Registration:Instances:mailer:Ports:admin", "2526"),
            ("Rollcall:Registration:Instances:mailer:Metadata:version", "v3"));
        builder.Services.AddRollcallWorkerRegistration("mailer", static o =>
        {
            o.Id = "m-1";
            o.Zone = "a";
            o.Ports["smtp"] = 2525;
        });
        using var host = builder.Build();

        await host.StartAsync();
        await Eventually.True(() => node.Keys is ["mailer/m-1"]);
        var document = node.Find("mailer/m-1")!.Document;
        Assert.Equal((2525, 7, "a", "v3"), (document.Ports!["smtp"], document.Weight!.Value, document.Zone, document.Metadata!["version"]));
        Assert.Equal("127.0.0.1", document.Address);
        Assert.Equal((2526, "25s"), (document.Ports["admin"], document.Ttl));

        await host.StopAsync();
        Assert.Empty(node.Keys);
        Assert.Equal(1, node.Count("POST /api/services/mailer/instances/m-1/drain"));
    }

    [Fact]
    public async Task Several_services_share_one_registration()
    {
        await using var node = await FakeNode.StartAsync();
        var builder = Builder(("Rollcall:Registration:Nodes:0", node.Url));
        builder.Services.AddRollcallWorkerRegistration("mailer", static o => (o.Id, o.Ports["smtp"]) = ("m-1", 2525));
        builder.Services.AddRollcallWorkerRegistration("printer", static o => (o.Id, o.Ports["ipp"]) = ("p-1", 631));
        using var host = builder.Build();

        await host.StartAsync();

        await Eventually.True(() => node.Keys is ["mailer/m-1", "printer/p-1"]);
        await host.StopAsync();
        Assert.Empty(node.Keys);
    }

    [Theory]
    [InlineData(null, "http://b:1 http://c:2", "http://b:1/ http://c:2/")]
    [InlineData("http://a:1", "http://b:1", "http://a:1/")]
    public void The_nodes_of_the_application_are_those_of_registrations_unless_they_have_their_own(string? own, string all, string expected)
    {
        var settings = new List<(string, string)> { ("Rollcall:Node", all.Replace(' ', ',')) };
        if (own is not null)
            settings.Add(("Rollcall:Registration:Nodes:0", own));
        var builder = Builder([.. settings]);
        builder.Services.AddRollcallWorkerRegistration("mailer");
        using var host = builder.Build();

        Assert.Equal(expected, string.Join(' ', host.Services.GetRequiredService<IOptions<RegistrationOptions>>().Value.NodeUrls()));
    }

    [Fact]
    public async Task Wrong_options_are_told_at_start_all_at_once()
    {
        var builder = Builder(("Rollcall:Registration:Nodes:0", "ftp://x"), ("Rollcall:Registration:DrainTimeout", "-00:00:01"),
            ("Rollcall:Registration:DeregisterTimeout", "soon"), ("Rollcall:Registration:Onwer", "x"), ("Rollcall:Registration:Instances:Mailer:Tll", "5s"));
        builder.Services.AddRollcallWorkerRegistration("Mailer", static o =>
        {
            o.Ports["smtp"] = 70000;
            o.Check = "health";
            o.CheckTimeout = TimeSpan.FromSeconds(6);
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        var text = error.ToString();
        Assert.All(
            ["'ftp://x' is no address of a node", "drain timeout", "Rollcall:Registration:DeregisterTimeout is 'soon', which is no duration",
                "Rollcall:Registration:Onwer is no option; there are: DeregisterTimeout, DrainTimeout,", "Rollcall:Registration:Instances:Mailer:Tll is no option", "service 'Mailer'", "port smtp is 70000", "check 'health'", "check's timeout"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:7655", "127.0.0.1")]
    [InlineData("http://[::1]:7655", "::1")]
    public async Task The_route_to_a_local_node_is_loopback(string node, string expected) =>
        Assert.Equal(expected, await RouteAddress.TowardsAsync(new Uri(node), TimeProvider.System, CancellationToken.None));

    [Fact]
    public async Task A_node_whose_name_is_not_known_still_gives_an_address()
    {
        var address = await Eventually.Within(RouteAddress.TowardsAsync(new Uri("http://no-such-host.invalid"), TimeProvider.System, CancellationToken.None));

        Assert.True(System.Net.IPAddress.TryParse(address, out _), address);
    }

    [Fact]
    public void Valid_options_pass() =>
        Assert.Same(ValidateOptionsResult.Success, new InstanceOptionsValidator().Validate("orders", new InstanceOptions { Check = "tcp://h:1" }));
}
