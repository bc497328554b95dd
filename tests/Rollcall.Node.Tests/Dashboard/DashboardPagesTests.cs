using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;

namespace Rollcall.Node.Tests.Dashboard;

/// <summary>The dashboard as the node serves it.</summary>
public sealed partial class DashboardPagesTests
{
    private static readonly (string, string) Browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    [Fact]
    public async Task A_browser_gets_the_page_and_a_program_gets_words()
    {
        await using var node = await TestNode.StartAsync();
        var page = await node.GetAsync("/", Browser);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        Assert.Equal("no-cache", page.Headers["Cache-Control"]);
        Assert.Contains("Accept", page.Headers["Vary"], StringComparison.Ordinal);

        var words = await node.GetAsync("/", ("Accept", "*/*"));
        Assert.Equal((HttpStatusCode.OK, "text/plain"), (words.Status, words.MediaType));
        Assert.StartsWith("This is a Rollcall node.", words.Body, StringComparison.Ordinal);
        Assert.Equal("Accept", words.Headers["Vary"]);
        Assert.Equal("text/plain", (await node.GetAsync("/", ("Accept", "text/html;q=0, text/plain"))).MediaType);
    }

    [Fact]
    public async Task The_page_forbids_what_it_does_not_need()
    {
        await using var node = await TestNode.StartAsync();
        var page = await node.GetAsync("/", Browser);
        var policy = page.Headers["Content-Security-Policy"];
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.DoesNotMatch(InlineScript(), page.Body);
    }

    [Theory]
    [InlineData(null, "connect-src 'self';")]
    [InlineData("ws://127.0.0.1:7690/vnc/{id}", "connect-src 'self' ws://127.0.0.1:7690;")]
    [InlineData("wss://pictures.example/vnc/{id}?quality=3", "connect-src 'self' wss://pictures.example;")]
    [InlineData("/vnc/{id}", "connect-src 'self';")]
    public async Task The_page_may_connect_to_its_node_and_the_viewer_alone(string? viewer, string expected)
    {
        await using var node = await TestNode.StartAsync(options => options with { Viewer = viewer });
        Assert.Contains(expected, (await node.GetAsync("/", Browser)).Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal(viewer, (await node.Client.GetStatusAsync()).Viewer);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7690/vnc/{id}")]
    [InlineData("ws://127.0.0.1:7690/vnc")]
    [InlineData("ws://{id}.example/vnc/{id}")]
    [InlineData("ws://127.0.0.1:7690")]
    [InlineData("ws://user:word@127.0.0.1/vnc/{id}")]
    [InlineData("ws://127.0.0.1/vnc/{id};script-src *")]
    [InlineData("ws://127.0.0.1/vnc/{id} https://elsewhere.example")]
    [InlineData("//elsewhere.example/vnc/{id}")]
    [InlineData("vnc/{id}")]
    [InlineData("")]
    public async Task A_viewer_that_is_none_is_refused_at_the_start(string viewer)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(options => options with { Viewer = viewer }));
        Assert.Contains("is no address of a viewer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_page_names_is_there_and_may_be_kept_for_ever()
    {
        await using var node = await TestNode.StartAsync();
        var assets = await AssetsOfPageAsync(node);
        Assert.Contains(assets, static path => path.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(assets, static path => path.EndsWith(".css", StringComparison.Ordinal));
        foreach (var path in assets)
        {
            Assert.StartsWith("/assets/", path, StringComparison.Ordinal); // nothing from elsewhere
            var asset = await node.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, asset.Status);
            Assert.Equal("public, max-age=31536000, immutable", asset.Headers["Cache-Control"]);
            Assert.Equal("nosniff", asset.Headers["X-Content-Type-Options"]);
            var expected = Path.GetExtension(path) switch { ".js" => "text/javascript", ".css" => "text/css", _ => "image/svg+xml" };
            Assert.Equal(expected, asset.MediaType);
        }
    }

    [Fact]
    public async Task A_file_is_the_same_compressed_and_plain()
    {
        await using var node = await TestNode.StartAsync();
        var path = (await AssetsOfPageAsync(node)).First(static path => path.EndsWith(".js", StringComparison.Ordinal));
        var plain = await node.Http.GetByteArrayAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var response = await node.Http.SendAsync(request);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        await using var compressed = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var read = new MemoryStream();
        await compressed.CopyToAsync(read);
        Assert.Equal(plain, read.ToArray());
        Assert.True(response.Content.Headers.ContentLength < plain.Length / 2);
    }

    [Fact]
    public async Task The_script_of_the_first_page_stays_under_250_kilobytes()
    {
        await using var node = await TestNode.StartAsync();
        long bytes = 0;
        foreach (var path in (await AssetsOfPageAsync(node)).Where(static path => path.EndsWith(".js", StringComparison.Ordinal)))
            bytes += long.Parse((await node.SendAsync("HEAD", path, null, ("Accept-Encoding", "gzip"))).Headers["Content-Length"], CultureInfo.InvariantCulture);
        Assert.InRange(bytes, 10_000, 250_000);
    }

    [Theory]
    [InlineData("/services/orders")]
    [InlineData("/timeline?service=orders&at=10m")]
    [InlineData("/no/such/page")]
    public async Task Paths_of_the_dashboard_answer_its_page(string path)
    {
        await using var node = await TestNode.StartAsync();
        var page = await node.GetAsync(path, Browser);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        Assert.Equal((HttpStatusCode.NotFound, "no-such-route"), await ProblemAsync(node, path, ("Accept", "*/*")));
    }

    [Theory]
    [InlineData("/api/nope")]
    [InlineData("/api")]
    [InlineData("/assets/nope.js")]
    [InlineData("/assets/%2e%2e%2findex.html")]
    public async Task Other_paths_are_no_pages_whoever_asks(string path)
    {
        await using var node = await TestNode.StartAsync();
        Assert.Equal((HttpStatusCode.NotFound, "no-such-route"), await ProblemAsync(node, path, Browser));
    }

    [Fact]
    public async Task Routes_of_the_node_stay_what_they_are_in_a_browser()
    {
        await using var node = await TestNode.StartAsync();
        Assert.Equal("text/plain", (await node.GetAsync("/metrics", Browser)).MediaType);
        Assert.Equal("application/json", (await node.GetAsync("/api/services", Browser)).MediaType);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await node.SendAsync("POST", "/healthz", null, Browser)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await node.SendAsync("POST", "/services/orders", null, Browser)).Status);
    }

    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again()
    {
        await using var node = await TestNode.StartAsync();
        var page = await node.GetAsync("/", Browser);
        var again = await node.GetAsync("/services/orders", Browser, ("If-None-Match", page.Headers["ETag"]));
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Body));
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/", Browser, ("If-None-Match", "W/\"0\""))).Status);
    }

    [Fact]
    public async Task Its_requests_are_counted()
    {
        await using var node = await TestNode.StartAsync();
        await node.GetAsync("/", Browser);
        Assert.Contains("route=\"dashboard\"", (await node.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode, string?)> ProblemAsync(TestNode node, string path, (string, string) accept)
    {
        var reply = await node.GetAsync(path, accept);
        return (reply.Status, reply.Problem);
    }

    private static async Task<IReadOnlyList<string>> AssetsOfPageAsync(TestNode node) =>
        [.. References().Matches((await node.GetAsync("/", Browser)).Body).Select(static match => match.Groups["path"].Value)];

    [GeneratedRegex("(?:src|href)=\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();

    [GeneratedRegex("<script(?![^>]*src=)|<style|\\son[a-z]+=|style=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineScript();
}
