using System.Text;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Tests.Configuration;

/// <summary>Whatever a routes file says, it is put into force or refused with its places; nothing else comes of it.</summary>
public sealed class RoutesFileFuzzTests
{
    private const string Yaml = """
        unmatched: 421
        trustedProxies: [10.0.0.0/8, "::1"]
        correlationHeader: X-Request-Id
        limits: { maxBodyBytes: unlimited, maxHeaderBytes: 2000, headersTimeout: 5s, maxConnections: 100 }
        overload: { maxConcurrent: 100, maxQueued: 5, maxWait: 1s }
        clusters:
          orders:
            target: static:///127.0.0.1:1
            scheme: https
            protocol: http2
            balancer: least-requests
            perTryTimeout: 500ms
            maxAttempts: 2
            slowStartMinShare: 0.5
            subset: { version: v2 }
            tls: { serverName: orders, skipVerification: true }
        routes:
          orders:
            host: [shop.example, "*.shop.example:8443"]
            path: /orders/{id:int}/{**rest}
            methods: [GET, HEAD]
            headers: { x-a: one, x-b: { prefix: [p, q] }, x-c: { exists: false } }
            query: { debug: { exists: true } }
            order: -1
            splits:
              - { version: v1, to: orders, weight: 90% }
              - { version: v2, to: "static:///127.0.0.1:2", weight: 10% }
            stickyBy: cookie:session
            rateLimits: [{ requests: 10, per: 1s, burst: 20, by: client }]
            maxConcurrent: 7
            timeout: 30s
            maxBodyBytes: 1000
            transforms:
              - PathRemovePrefix: /orders
              - { RequestHeader: x-to, Set: orders }
        default: { to: "static:///127.0.0.1:3", idleTimeout: 5s }
        """;

    private const string Json = """
        {"unmatched": 421, "trustedProxies": ["10.0.0.0/8"], "overload": {"maxConcurrent": 100},
         "clusters": {"orders": {"target": "static:///127.0.0.1:1", "maxAttempts": 2, "subset": {"version": "v2"}}},
         "routes": {"orders": {"host": "shop.example", "path": "/orders/{id:int}", "methods": ["GET"], "headers": {"x-a": {"prefix": ["p"]}}, "query": {"q": "1"},
           "splits": [{"version": "v1", "to": "orders", "weight": 1}], "rateLimits": [{"requests": 10, "by": "header:x"}], "transforms": [{"PathPrefix": "/x"}]}},
         "default": "static:///127.0.0.1:3"}
        """;

    // What has a meaning somewhere, and so may have a wrong one anywhere.
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "'", "- ", "#", "&a ", "*a", "!!int ", "? ", "|\n", ">\n", "\n", "\t", "  ", "\0", "\\", "\\u0000", "\ud83d\ude00", "\u202e", "%", "0", "-1", "1e9", "99999999999999999999",
        "null", "~", "true", "NaN", "5s", "9999d", "{id}", "{*x}", "{**x}", "{x?}", "{x=1}", "{x:regex(()}", "{x:nosuch}", "//", "..", "*.", "*", "[::1]:x", "static:///", "static:///a:0", "orders", "routes", "default",
        "to", "splits", "exists", "header:", "cookie:session", "client", "none", "unlimited", "PathPattern", "X-Forwarded", "Append", "Off", "RequestHeaderOriginalHost", "ResponseTrailersCopy", "QueryValueParameter",
    ];

    [Theory]
    [InlineData("routes.yaml", Yaml)]
    [InlineData("routes.json", Json)]
    public async Task Any_document_is_put_into_force_or_refused_with_its_places(string file, string document)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        await using var gateway = await TestGateway.StartAsync("default: static:///127.0.0.1:1");
        var (taken, refused) = (0, 0);
        for (var i = 0; i < 1500; i++)
        {
            var text = document;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                text = Mutate(text, random);

            // Most of them are refused; those that are not come into force.
            try
            {
                await gateway.Host.Routes.LoadAsync(file, Encoding.UTF8.GetBytes(text), CancellationToken.None);
                taken++;
            }
            catch (RoutesFileException error)
            {
                refused++;
                var lines = text.Split('\n').Length;
                Assert.NotEmpty(error.Errors);
                Assert.All(error.Errors, item => Assert.True(item.Line >= 1 && item.Line <= lines && item.Column >= 1 && item.Message.Length > 0, $"seed {seed}: {item}\n{text}"));
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}\n{text}");
            }
        }

        Assert.True(taken > 20 && refused > 20, $"seed {seed}: {taken} taken, {refused} refused");
    }

    private static string Mutate(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        var length = random.Next(Math.Min(text.Length - at, 12) + 1);
        switch (random.Next(6))
        {
            case 0:
                return text.Insert(at, Pieces[random.Next(Pieces.Length)]);
            case 1:
                return text.Remove(at, length);
            case 2:
                return text.Insert(random.Next(text.Length + 1), text.Substring(at, length));
            case 3:
                // A word by another one.
                var (begin, end) = WordAt(text, at);
                return string.Concat(text.AsSpan(0, begin), Pieces[random.Next(Pieces.Length)], text.AsSpan(end));
            case 4:
                var (from, to) = WordAt(text, random.Next(text.Length + 1));
                var word = text[from..to];
                (begin, end) = WordAt(text, at);
                return string.Concat(text.AsSpan(0, begin), word, text.AsSpan(end));
            default:
                // A line away, or twice.
                var lines = text.Split('\n').ToList();
                var line = random.Next(lines.Count);
                if (random.Next(2) == 0)
                    lines.RemoveAt(line);
                else
                    lines.Insert(random.Next(lines.Count), lines[line]);
                return string.Join('\n', lines);
        }
    }

    private static (int Begin, int End) WordAt(string text, int at)
    {
        var (begin, end) = (at, at);
        while (begin > 0 && char.IsLetterOrDigit(text[begin - 1]))
            begin--;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
            end++;
        return (begin, end);
    }
}
