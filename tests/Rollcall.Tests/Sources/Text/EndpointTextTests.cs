using Rollcall.Sources.Text;

namespace Rollcall.Tests.Sources.Text;

public sealed class EndpointTextTests
{
    [Theory]
    [InlineData("a:80", "a:80", "a", "http", 80)]
    [InlineData("10.0.0.5:8080", "10.0.0.5:8080", "10.0.0.5", "http", 8080)]
    [InlineData("[::1]:80", "[::1]:80", "::1", "http", 80)]
    [InlineData("orders.shop.svc:1", "orders.shop.svc:1", "orders.shop.svc", "http", 1)]
    [InlineData("a:65535", "a:65535", "a", "http", 65535)]
    [InlineData("http://a", "a:80", "a", "http", 80)]
    [InlineData("http://a:8080/", "a:8080", "a", "http", 8080)]
    [InlineData("https://a", "a:443", "a", "https", 443)]
    [InlineData("HTTPS://[::1]", "[::1]:443", "::1", "https", 443)]
    public void Reads(string text, string id, string host, string portName, int port)
    {
        Assert.True(EndpointText.TryParse(text, out var endpoint, out _));
        Assert.Equal(id, endpoint.Id);
        Assert.Equal(host, endpoint.Host);
        Assert.Equal(KeyValuePair.Create(portName, port), Assert.Single(endpoint.Ports));
        Assert.Equal(EndpointState.Ready, endpoint.State);
        Assert.Equal(100, endpoint.Weight);
    }

    [Fact]
    public void Reads_weight_and_zone()
    {
        Assert.True(EndpointText.TryParse("a:80;weight=0;zone=eu-1", out var endpoint, out _));
        Assert.Equal((0, "eu-1"), (endpoint.Weight, endpoint.Zone));
    }

    [Theory]
    [InlineData("", "names no host")]
    [InlineData(":80", "names no host")]
    [InlineData("a", "names no port")]
    [InlineData("a:", "names no port")]
    [InlineData("a:0", "'0' is no port")]
    [InlineData("a:65536", "'65536' is no port")]
    [InlineData("a:-1", "'-1' is no port")]
    [InlineData("a:+1", "'+1' is no port")]
    [InlineData("a:99999999999", "is no port")]
    [InlineData("::1:80", "in brackets")]
    [InlineData("[::1]", "names no port")]
    [InlineData("[::1", "no IPv6 address")]
    [InlineData("[::1]80", "no IPv6 address")]
    [InlineData("[a]:80", "no IPv6 address")]
    [InlineData("a/b:80", "no host name")]
    [InlineData("ftp://a:80", "the scheme 'ftp'")]
    [InlineData("a:80;weight=101", "'101' is no weight")]
    [InlineData("a:80;weight=", "'' is no weight")]
    [InlineData("a:80;zone=A", "'A' is no zone")]
    [InlineData("a:80;colour=red", "there are weight and zone")]
    [InlineData("a:80;", "there are weight and zone")]
    public void Refuses_with_what_is_wrong(string text, string problem)
    {
        Assert.False(EndpointText.TryParse(text, out _, out var error));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_has_at_most_253_characters()
    {
        var longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal(253, longest.Length);
        Assert.True(EndpointText.TryParse($"{longest}:80", out _, out _));
        Assert.False(EndpointText.TryParse($"{longest}d:80", out _, out _));
    }

    [Fact]
    public void Garbage_is_refused_and_never_throws()
    {
        const string alphabet = "ab01:[]/.;=-%@ \u00e4http\u0000";
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            if (!EndpointText.TryParse(text, out var endpoint, out var error))
                Assert.False(string.IsNullOrEmpty(error), $"seed {seed}");
            else
                Assert.True(endpoint.Ports.AsSpan()[0].Value is >= 1 and <= 65535, $"seed {seed}: {text}");
        }
    }
}
