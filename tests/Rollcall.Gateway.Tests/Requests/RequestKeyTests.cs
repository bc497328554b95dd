using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Requests;

namespace Rollcall.Gateway.Tests.Requests;

public sealed class RequestKeyTests
{
    [Fact]
    public void TryGet_EachKind_IsTheHashOfItsText()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["x-user"] = "ann";
        context.Request.Headers.Cookie = "session=ann; other=bob";
        context.Request.Headers.Authorization = "Bearer e30.eyJ1c2VyIjoiYW5uIn0.";
        context.Request.QueryString = new("?user=ann");
        var expected = PickContext.ForKey("ann").Key;

        foreach (var config in new RequestKeyConfig[] { new(RequestKeyKind.Header, "X-User"), new(RequestKeyKind.Cookie, "session"), new(RequestKeyKind.Query, "user"), new(RequestKeyKind.Claim, "user") })
        {
            Assert.True(RequestKey.TryGet(config, context, out var key));
            Assert.Equal(expected, key);
            Assert.Equal("ann", RequestKey.TextOf(config, context));
            Assert.False(RequestKey.TryGet(config with { Name = "missing" }, context, out _));
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void TryGet_AnAddress_IsTheClient(string one, string other, bool same)
    {
        Assert.True(RequestKey.TryGet(IPAddress.Parse(one), out var first));
        Assert.True(RequestKey.TryGet(IPAddress.Parse(other), out var second));
        Assert.Equal(same, first == second);
        Assert.Equal(same, Text(one) == Text(other));

        static string? Text(string address) =>
            RequestKey.TextOf(new(RequestKeyKind.Client, ""), new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } });
    }
}
