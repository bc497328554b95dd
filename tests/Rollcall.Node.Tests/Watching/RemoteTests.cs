using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Node.Findings;
using Rollcall.Node.Watching;

namespace Rollcall.Node.Tests.Watching;

public sealed class RemoteTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5:43210", "10.0.0.5")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5:43210", "10.0.0.5")]
    [InlineData("2001:db8::5", "[2001:db8::5]:43210", "2001:db8::/64")]
    [InlineData("::1", "[::1]:43210", CallerNetwork.Local)]
    [InlineData(null, "0HNDB6E8", CallerNetwork.Local)] // a Unix socket
    public void Callers_of_any_family_are_told_apart_by_their_network(string? ip, string address, string network)
    {
        var context = new DefaultHttpContext { Connection = { Id = "0HNDB6E8", RemoteIpAddress = ip is null ? null : IPAddress.Parse(ip), RemotePort = 43210 } };

        Assert.Null(Remote.Read(context, out var remote));
        Assert.Equal((address, network), (remote.Address, CallerNetwork.Of(remote.Address)));
    }
}
