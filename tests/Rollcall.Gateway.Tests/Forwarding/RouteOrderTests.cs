using System.Globalization;
using System.Text;

namespace Rollcall.Gateway.Tests.Forwarding;

/// <summary>Of routes that all take a request, which one does.</summary>
public sealed class RouteOrderTests
{
    private const string Nowhere = "static:///127.0.0.1:1";

    [Fact]
    public async Task Of_routes_that_differ_in_nothing_else_the_first_of_the_file_takes_a_request()
    {
        await using var one = await TestBackEnd.SayingAsync("one");
        await using var two = await TestBackEnd.SayingAsync("two");
        string Route(string name, string header, TestBackEnd to) => $"  {name}: {{ path: /, headers: {{ {header}: x }}, to: \"{to.Target}\" }}\n";
        var (a, b) = (Route("a", "x-a", one), Route("b", "x-b", two));
        await using var gateway = await TestGateway.StartAsync($"routes:\n{a}{b}");
        gateway.Client.DefaultRequestHeaders.Add("x-a", "x");
        gateway.Client.DefaultRequestHeaders.Add("x-b", "x");

        Assert.Equal("one", await gateway.GetAsync("/"));
        await File.WriteAllTextAsync(gateway.File, $"routes:\n{b}{a}");
        await gateway.ReloadAsync();
        Assert.Equal("two", await gateway.GetAsync("/"));
    }

    [Theory]
    [InlineData("path: '/{**x}', order: 1", "path: '/{**x}', order: 0")] // the smaller order
    [InlineData("path: '/{**x}'", "path: /orders")] // the more specific path
    [InlineData("path: /orders", "path: /orders, methods: GET")]
    [InlineData("path: /orders", "path: /orders, host: [localhost, 127.0.0.1]")]
    [InlineData("path: /orders", "path: /orders, headers: {x-a: x}")]
    [InlineData("path: /orders, headers: {x-b: x}", "path: /orders, headers: {x-a: x, x-c: {exists: false}}")] // more headers
    [InlineData("path: /orders, headers: {x-a: x}", "path: /orders, methods: GET")] // methods before headers
    [InlineData("path: /orders, query: {q: 1}", "path: /orders, headers: {x-a: x}")] // headers before the query
    [InlineData("path: /orders, headers: {x-a: x}", "path: /orders, host: 127.0.0.1")] // hosts before headers
    [InlineData("path: /orders, host: 127.0.0.1", "path: /orders, methods: GET")] // methods before hosts
    public async Task What_comes_first_does_so_wherever_it_stands(string later, string earlier)
    {
        await using var one = await TestBackEnd.SayingAsync("earlier");
        await using var two = await TestBackEnd.SayingAsync("later");
        var (first, second) = ($"  a: {{ {earlier}, to: \"{one.Target}\" }}\n", $"  b: {{ {later}, to: \"{two.Target}\" }}\n");
        await using var gateway = await TestGateway.StartAsync($"routes:\n{second}{first}");
        gateway.Client.DefaultRequestHeaders.Add("x-a", "x");
        gateway.Client.DefaultRequestHeaders.Add("x-b", "x");

        Assert.Equal("earlier", await gateway.GetAsync("/orders?q=1"));
    }

    [Fact]
    public async Task Whatever_routes_a_file_has_no_request_is_more_than_one_can_decide()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3; round++)
        {
            var routes = RandomRoutes(random);
            await using var gateway = await TestGateway.StartAsync(routes);
            for (var i = 0; i < 150; i++)
            {
                using var request = RandomRequest(random);
                using var answer = await gateway.Client.SendAsync(request);
                Assert.True((int)answer.StatusCode is 404 or 405 or 503, $"seed {seed}: {(int)answer.StatusCode} for {request}\n{routes}");
            }
        }
    }

    private static string RandomRoutes(Random random)
    {
        string[] paths = ["/a", "/{x}", "/{**x}", "/{x:int}", "/{y:long}", "/a/{x?}", "/{x}.txt"];
        string[] hosts = ["localhost", "127.0.0.1", "a.b.example", "*.b.example", "*.example"];
        string[] methods = ["GET", "POST", "[GET, POST]"];
        string[] fields = ["1", "[1, 2]", "{prefix: 1}", "{exists: true}", "{contains: 1}", "{notContains: 3}"];
        var text = new StringBuilder("routes:\n");
        for (var i = 0; i < 30; i++)
        {
            // Two that are the same are refused; the one more header, which every request has, makes each another.
            text.Append(CultureInfo.InvariantCulture, $"  r{i}: {{ path: \"{Any(paths)}\", to: \"{Nowhere}\", headers: {{ x-all: {{ prefix: [all, n{i}] }}");
            if (random.Next(2) == 0)
                text.Append(CultureInfo.InvariantCulture, $", x-h{random.Next(3)}: {Any(fields)}");
            text.Append(" }");
            if (random.Next(2) == 0)
                text.Append(CultureInfo.InvariantCulture, $", query: {{ q{random.Next(3)}: {Any(fields)} }}");
            if (random.Next(2) == 0)
                text.Append(CultureInfo.InvariantCulture, $", host: \"{Any(hosts)}\"");
            if (random.Next(2) == 0)
                text.Append(CultureInfo.InvariantCulture, $", methods: {Any(methods)}");
            text.Append(" }\n");
        }

        return text.ToString();

        string Any(string[] of) => of[random.Next(of.Length)];
    }

    private static HttpRequestMessage RandomRequest(Random random)
    {
        string[] paths = ["/a", "/a/b", "/7", "/a.txt", "/"];
        string[] hosts = ["127.0.0.1", "localhost", "a.b.example", "c.b.example", "c.example"];
        var query = string.Concat(Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(static i => $"q{i}=1&"));
        var request = new HttpRequestMessage(random.Next(2) == 0 ? HttpMethod.Get : HttpMethod.Post, new Uri($"{paths[random.Next(paths.Length)]}?{query}", UriKind.Relative));
        request.Headers.Host = hosts[random.Next(hosts.Length)];
        request.Headers.Add("x-all", "all");
        for (var i = 0; i < 3; i++)
        {
            if (random.Next(2) == 0)
                request.Headers.Add($"x-h{i}", "1");
        }

        return request;
    }
}
