using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.Clients;

namespace Rollcall.Gateway.Tests.Clients;

public sealed class TrustedProxiesTests
{
    private static readonly ImmutableArray<IPNetwork> Inner = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")];

    [Theory]
    [InlineData("192.0.2.1", "1.1.1.1", "192.0.2.1")] // nobody we trust
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "1.1.1.1", "1.1.1.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1")] // what the client itself has written is not believed
    [InlineData("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "1.1.1.1:4711", "1.1.1.1")]
    [InlineData("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("fd00::1", "2001:db8::1", "2001:db8::1")]
    [InlineData("::ffff:10.0.0.1", "1.1.1.1", "1.1.1.1")]
    [InlineData("10.0.0.1", "1.1.1.1, unknown", "10.0.0.1")]
    public void The_client_is_the_nearest_that_is_no_trusted_proxy(string peer, string forwardedFor, string expected)
    {
        var context = Request(peer);
        context.Request.Headers["X-Forwarded-For"] = forwardedFor;

        TrustedProxies.Apply(context, Inner);

        Assert.Equal(IPAddress.Parse(expected), context.Connection.RemoteIpAddress);
    }

    [Fact]
    public void Scheme_and_host_are_believed_from_trusted_proxies_only()
    {
        var (trusted, other) = (Request("10.0.0.1"), Request("192.0.2.1"));
        foreach (var context in new[] { trusted, other })
        {
            context.Request.Headers["X-Forwarded-Proto"] = "https";
            context.Request.Headers["X-Forwarded-Host"] = "shop.example";
            TrustedProxies.Apply(context, Inner);
        }

        Assert.Equal(("https", "shop.example"), (trusted.Request.Scheme, trusted.Request.Host.Value));
        Assert.Equal(("http", "gateway"), (other.Request.Scheme, other.Request.Host.Value));
    }

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("X-Original-For")]
    [InlineData("X-Original-Host")]
    [InlineData("X-Original-Proto")]
    [InlineData("X-Original-Prefix")]
    public void What_others_claim_in_headers_that_are_passed_on_is_taken_away(string header)
    {
        var (trusted, other) = (Request("10.0.0.1"), Request("192.0.2.1"));
        foreach (var context in new[] { trusted, other })
        {
            context.Request.Headers[header] = "claim";
            context.Request.Headers["X-Forward"] = "something else";
            TrustedProxies.Apply(context, Inner);
        }

        Assert.Equal(["Host", "X-Forward"], other.Request.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("claim", trusted.Request.Headers[header]);
    }

    private static DefaultHttpContext Request(string peer)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("gateway");
        return context;
    }
}
