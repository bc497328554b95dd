using Microsoft.AspNetCore.Http;
using Rollcall.Node.Api;

namespace Rollcall.Node.Tests.Api;

public sealed class BrowserOriginTests
{
    [Theory]
    [InlineData("", "", "10.0.0.5:7655", "", false)] // no browser
    [InlineData("cross-site", "", "localhost:7655", "", true)]
    [InlineData("same-site", "", "a.example", "", true)] // another port or name of the same site is another page all the same
    [InlineData("same-origin", "http://evil.example", "localhost:7655", "", false)]
    [InlineData("none", "", "localhost:7655", "", false)] // typed by a person
    [InlineData("", "http://10.0.0.5:7655", "10.0.0.5:7655", "", false)]
    [InlineData("", "http://Rollcall.example", "rollcall.example", "", false)]
    [InlineData("", "https://rollcall.example", "rollcall.example", "", false)]
    [InlineData("", "https://rollcall.example", "backend:7655", "rollcall.example", false)]
    [InlineData("", "http://[::1]:7655", "[::1]:7655", "", false)]
    [InlineData("", "http://evil.example", "10.0.0.5:7655", "", true)]
    [InlineData("", "http://10.0.0.5", "10.0.0.5:7655", "", true)]
    [InlineData("", "http://10.0.0.5:7656", "10.0.0.5:7655", "", true)]
    [InlineData("", "null", "10.0.0.5:7655", "", true)]
    [InlineData("", "nonsense", "10.0.0.5:7655", "x:y", true)]
    public void A_page_of_another_site_is_told_from_the_nodes_own(string site, string origin, string host, string forwarded, bool expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("Sec-Fetch-Site", site), ("Origin", origin), ("X-Forwarded-Host", forwarded)])
        {
            if (value.Length > 0)
                request.Headers[name] = value;
        }

        Assert.Equal(expected, BrowserOrigin.IsForeign(request));
    }
}
