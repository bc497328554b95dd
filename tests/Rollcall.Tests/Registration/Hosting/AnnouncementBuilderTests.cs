using Rollcall.Registration;
using Rollcall.Registration.Hosting;

namespace Rollcall.Tests.Registration.Hosting;

public sealed class AnnouncementBuilderTests
{
    private const string Route = "10.1.2.3";

    private static Announcement? Build(string urls, InstanceOptions? options = null, params (string Name, string Value)[] variables) =>
        new AnnouncementBuilder("M7", Route, name => variables.FirstOrDefault(variable => variable.Name == name).Value)
            .Build("orders", options ?? new InstanceOptions(), urls.Split(';', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1", "http=5000")]
    [InlineData("http://localhost:5000", "127.0.0.1", "http=5000")]
    [InlineData("http://10.0.0.5:5000;https://10.0.0.5:5001", "10.0.0.5", "http=5000 https=5001")]
    [InlineData("http://*:8080", Route, "http=8080")]
    [InlineData("http://+:8080", Route, "http=8080")]
    [InlineData("http://0.0.0.0:8080", Route, "http=8080")]
    [InlineData("http://[::]:8080", Route, "http=8080")]
    [InlineData("https://[::]:8443", Route, "https=8443")]
    [InlineData("http://[fd00::5]:8080", "fd00::5", "http=8080")]
    [InlineData("http://shop.example:8080", "shop.example", "http=8080")]
    [InlineData("http://[::]:8080;http://0.0.0.0:8080", Route, "http=8080")]
    [InlineData("http://*:8080;http://*:8081;http://*:8082", Route, "http=8080 http-2=8081 http-3=8082")]
    public void The_address_and_ports_are_those_it_listens_on(string urls, string address, string ports)
    {
        var announcement = Build(urls)!;

        Assert.Equal(address, announcement.Address);
        Assert.Equal(ports, string.Join(' ', announcement.Ports.Select(static port => $"{port.Key}={port.Value}")));
    }

    [Fact]
    public void What_listens_on_loopback_beside_a_public_address_is_not_announced()
    {
        var announcement = Build("http://127.0.0.1:9090;http://10.0.0.5:8080")!;

        Assert.Equal("10.0.0.5", announcement.Address);
        Assert.Equal(8080, Assert.Single(announcement.Ports).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://unix:/run/orders.sock")]
    public void Without_a_port_there_is_nothing_to_announce(string urls) => Assert.Null(Build(urls));

    [Fact]
    public void An_address_given_wins_over_the_environment_and_that_over_what_is_found()
    {
        Assert.Equal("192.0.2.1", Build("http://*:8080", variables: ("ROLLCALL_ADDRESS", "192.0.2.1"))!.Address);
        Assert.Equal("192.0.2.2", Build("http://*:8080", new InstanceOptions { Address = "192.0.2.2" }, ("ROLLCALL_ADDRESS", "192.0.2.1"))!.Address);
        Assert.Equal(Route, Build("http://*:8080", variables: ("ROLLCALL_ADDRESS", " "))!.Address);
    }

    [Fact]
    public void The_id_names_service_machine_and_port_and_may_change_when_it_is_taken()
    {
        var byDefault = Build("http://*:8080")!;
        Assert.Equal("orders-m7-8080", byDefault.Id);
        Assert.True(byDefault.RenameOnConflict);

        var given = Build("http://*:8080", new InstanceOptions { Id = "o-1" })!;
        Assert.Equal("o-1", given.Id);
        Assert.False(given.RenameOnConflict);
    }

    [Fact]
    public void Everything_else_is_taken_over()
    {
        var options = new InstanceOptions { Weight = 50, Ttl = TimeSpan.FromSeconds(3), Node = "rack-7" };
        options.Ports["admin"] = 9000;
        options.Metadata["version"] = "v2";

        var announcement = Build("http://*:8080", options, ("ROLLCALL_ZONE", "a"))!;

        Assert.Equal((50, TimeSpan.FromSeconds(3), "rack-7", "a"), (announcement.Weight, announcement.Ttl, announcement.Node, announcement.Zone));
        Assert.Equal(9000, announcement.Ports["admin"]);
        Assert.Equal("v2", announcement.Metadata["version"]);
        Assert.Empty(announcement.Checks);
    }

    [Theory]
    [InlineData("http://*:8080", "/health", "http://10.1.2.3:8080/health", null)]
    [InlineData("https://*:8443", "/health", "https://10.1.2.3:8443/health", null)]
    [InlineData("http://[fd00::5]:8080", "/health", "http://[fd00::5]:8080/health", null)]
    [InlineData("http://*:8080", "http://10.9.9.9/up", "http://10.9.9.9/up", null)]
    [InlineData("http://*:8080", "tcp://10.9.9.9:5432", null, "10.9.9.9:5432")]
    public void A_check_is_a_path_of_the_application_or_a_full_address(string urls, string check, string? http, string? tcp)
    {
        var document = Assert.Single(Build(urls, new InstanceOptions { Check = check })!.Checks);

        Assert.Equal((http, tcp, "5s", "1s"), (document.Http, document.Tcp, document.Interval, document.Timeout));
    }
}
