using Rollcall.Sources.Dns;

namespace Rollcall.Tests.Sources.Dns;

public sealed class DnsTargetTests
{
    [Theory]
    [InlineData("dns:///Orders.Shop:8080", "orders.shop", null, 8080, null)]
    [InlineData("dns:///orders", "orders", null, null, null)]
    [InlineData("dns:///orders.:80", "orders.", null, 80, null)]
    [InlineData("dns:///orders:GRPC", "orders", "_grpc._tcp.orders", null, "grpc")]
    [InlineData("dns:///_grpc._tcp.orders", null, "_grpc._tcp.orders", null, "grpc")]
    [InlineData("dns:///_sip._udp.orders", null, "_sip._udp.orders", null, "sip")]
    [InlineData("dns+srv:///_http._tcp.Orders", null, "_http._tcp.orders", null, "http")]
    public void What_is_looked_up_follows_from_the_name_and_the_port(string text, string? addresses, string? services, int? port, string? portName)
    {
        var target = Parse(text);

        Assert.Equal((addresses, services, port, portName), (target.Addresses?.Name, target.Services?.Name, target.Port, target.PortName));
        Assert.Null(target.Literal);
        Assert.Null((target.Addresses ?? target.Services)!.Server);
    }

    [Theory]
    [InlineData("dns:///10.0.0.5:8080", "10.0.0.5", 8080)]
    [InlineData("dns:///10.0.0.5", "10.0.0.5", null)]
    [InlineData("dns:///[2001:db8::1]:8080", "2001:db8::1", 8080)]
    [InlineData("dns:///[::1]", "::1", null)]
    public void An_address_is_looked_up_nowhere(string text, string address, int? port)
    {
        var target = Parse(text);

        Assert.Equal((address, port), (target.Literal?.ToString(), target.Port));
    }

    [Theory]
    [InlineData("dns://10.0.0.53/orders:80", "10.0.0.53:53")]
    [InlineData("dns://10.0.0.53:5353/orders:80", "10.0.0.53:5353")]
    [InlineData("dns://[fd00::53]:5353/orders:80", "[fd00::53]:5353")]
    [InlineData("dns://[fd00::53]/orders:80", "[fd00::53]:53")]
    public void The_authority_is_a_server(string text, string server) => Assert.Equal(server, Parse(text).Addresses!.Server!.ToString());

    [Fact]
    public void The_family_may_be_said()
    {
        Assert.Equal(DnsAddressFamily.Any, Parse("dns:///orders").Addresses!.Family);
        Assert.Equal(DnsAddressFamily.IPv6, DnsTarget.Parse(ServiceTarget.Parse("dns:///orders"), DnsAddressFamily.IPv6).Addresses!.Family);
        Assert.Equal(DnsAddressFamily.IPv4, DnsTarget.Parse(ServiceTarget.Parse("dns:///orders?family=ipv4"), DnsAddressFamily.IPv6).Addresses!.Family);
        Assert.Equal(DnsAddressFamily.Any, DnsTarget.Parse(ServiceTarget.Parse("dns:///_http._tcp.orders?family=any"), DnsAddressFamily.IPv6).Services!.Family);
    }

    [Theory]
    [InlineData("dns://orders:8080", "no name server")]
    [InlineData("dns://orders:8080/x", "no name server")]
    [InlineData("dns://kube-dns/orders:80", "no name server")]
    [InlineData("dns://10.0.0.53:99999/orders:80", "no name server")]
    [InlineData("dns:///orders:", "no port follows")]
    [InlineData("dns:///orders:0", "neither a port")]
    [InlineData("dns:///orders:65536", "neither a port")]
    [InlineData("dns:///orders:a_b", "neither a port")]
    [InlineData("dns:///:80", "names nothing")]
    [InlineData("dns:///a..b:80", "no name")]
    [InlineData("dns:///a/b", "no name")]
    [InlineData("dns:///bücher:80", "xn--")]
    [InlineData("dns:///::1:80", "brackets")]
    [InlineData("dns:///[::1:80", "no IPv6 address")]
    [InlineData("dns:///[::1]x", "no IPv6 address")]
    [InlineData("dns:///[10.0.0.1]:80", "no IPv6 address")]
    [InlineData("dns:///10.0.0.1:http", "no port")]
    [InlineData("dns:///orders#x", "#fragment")]
    [InlineData("dns:///orders?colour=red", "'colour'; there is family")]
    [InlineData("dns:///orders?family=ipv5", "'ipv5'")]
    [InlineData("dns:///_http.orders", "_service._protocol")]
    [InlineData("dns:///_http._tcp", "_service._protocol")]
    [InlineData("dns:///_http._tcp.orders:80", "leave ':80' out")]
    [InlineData("dns+srv:///orders", "does not begin with a service")]
    [InlineData("dns+srv:///10.0.0.1", "needs no looking up")]
    [InlineData("dns://10.0.0.53/10.0.0.1:80", "needs no looking up")]
    public void What_is_malformed_is_refused_with_the_reason_and_examples(string text, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => Parse(text));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("dns:///orders.shop:8080", error.Message, StringComparison.Ordinal);
    }

    private static DnsTarget Parse(string text) => DnsTarget.Parse(ServiceTarget.Parse(text), DnsAddressFamily.Any);
}
