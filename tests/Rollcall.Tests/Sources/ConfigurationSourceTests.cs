using Microsoft.Extensions.Configuration;
using Rollcall.Sources;

namespace Rollcall.Tests.Sources;

public sealed class ConfigurationSourceTests
{
    [Fact]
    public async Task Discover_AddressesUnderSeveralNames_BecomeEndpointsWithSeveralPorts()
    {
        var endpoints = await ReadAsync(
            ("Services:orders:http:0", "http://10.0.0.1:5001"),
            ("Services:orders:http:1", "http://10.0.0.2:5001"),
            ("Services:orders:https:0", "https://10.0.0.2:7001"),
            ("Services:orders:https:1", "https://10.0.0.1:7001/"),
            ("Services:orders:Admin:0", "https://10.0.0.1:9001"));

        Assert.Equal(["10.0.0.1:9001 admin=9001 http=5001 https=7001 scheme.admin=https", "10.0.0.2:5001 http=5001 https=7001"], endpoints);
    }

    [Fact]
    public async Task Discover_OneHostSeveralTimes_TheNthOfEachNameBelongTogether() => Assert.Equal(
        ["localhost:5001 http=5001 https=7001", "localhost:5002 http=5002 https=7002"],
        await ReadAsync(
            ("Services:orders:http:0", "http://localhost:5001"),
            ("Services:orders:http:1", "http://localhost:5002"),
            ("Services:orders:https:0", "https://localhost:7001"),
            ("Services:orders:https:1", "https://localhost:7002")));

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.1:80 http=80")]
    [InlineData("http://orders.example.org", "orders.example.org:80 http=80")]
    [InlineData("https://orders.example.org", "orders.example.org:443 http=443 scheme.http=https")]
    [InlineData("http://[::1]:80", "[::1]:80 http=80")]
    public async Task Discover_OneAddressWithoutAList_IsTaken(string address, string expected) =>
        Assert.Equal([expected], await ReadAsync(("Services:orders:http", address)));

    [Fact]
    public async Task Discover_TheSameAddressTwice_IsOneEndpoint() =>
        Assert.Equal(["10.0.0.1:80 http=80"], await ReadAsync(("Services:orders:http:0", "10.0.0.1:80"), ("Services:orders:http:1", "10.0.0.1:80")));

    [Fact]
    public async Task Discover_NoSuchService_IsEmpty() => Assert.Empty(await ReadAsync(("Services:other:http:0", "10.0.0.1:80")));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("tcp://10.0.0.1")]
    [InlineData("http://10.0.0.1:80/path")]
    [InlineData("true")]
    [InlineData("")]
    public async Task Discover_NoAddress_NamesTheKey(string value)
    {
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => ReadAsync(("Services:orders:http:0", value)));

        Assert.StartsWith("The configuration Services:orders:http:0 is wrong: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discover_EnvironmentVariablesAsAspireWritesThem_AreUnderstood()
    {
        Environment.SetEnvironmentVariable("services__rollcalltest__http__0", "http://10.0.0.7:5001");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();

            var set = await new ConfigurationSource(configuration).DiscoverAsync(ServiceTarget.Parse("configuration:///rollcalltest"), CancellationToken.None);

            Assert.Contains("rollcalltest", ConfigurationSource.ServicesIn(configuration), StringComparer.Ordinal);
            Assert.Equal("10.0.0.7:5001", Assert.Single(set.Endpoints).Id);
        }
        finally
        {
            Environment.SetEnvironmentVariable("services__rollcalltest__http__0", null);
        }
    }

    private static async Task<IEnumerable<string>> ReadAsync(params (string Key, string Value)[] values)
    {
        var source = new ConfigurationSource(new SettableConfiguration(values).Root);
        var set = await source.DiscoverAsync(ServiceTarget.Parse("configuration:///orders"), CancellationToken.None);
        return set.Endpoints.Select(static endpoint => string.Join(' ', [
            endpoint.Id,
            .. endpoint.Ports.Select(static port => $"{port.Key}={port.Value}"),
            .. endpoint.Metadata.Select(static label => $"{label.Key}={label.Value}")]));
    }
}
