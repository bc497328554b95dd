using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.Tests.Configuration;

public sealed class RoutesFileTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "[]", "routes.yaml(1,1): the file must be a map with the key 'routes'.\nroutes.yaml(1,1): there are no 'routes' and no 'default'; name at least one." },
        { "{}", "routes.yaml(1,1): there are no 'routes' and no 'default'; name at least one." },
        { "rutes: {}\ndefault: static:///a:1", "routes.yaml(1,1): there is no key 'rutes'; there are: routes, clusters, default, unmatched, trustedProxies, certificates, correlationHeader, accessLog, overload, limits." },
        { "default: orders", "routes.yaml(1,10): default: there is no cluster 'orders' (there are none); name one, or a target such as rollcall:///orders." },
        { "clusters: {a: static:///a:1}\ndefault: b", "routes.yaml(2,10): default: there is no cluster 'b' (there are: a); name one, or a target such as rollcall:///b." },
        { "default: static:///", "routes.yaml(1,10): default: The target 'static:///' names nothing to look for. Example: static:///orders." },
        { "routes:\n  default: {path: /, to: static:///a:1}", "routes.yaml(2,3): route 'default': the route for all other requests stands beside 'routes', as the key 'default'." },
        { "routes:\n  a b: {path: /, to: static:///a:1}", "routes.yaml(2,3): route 'a b': a name has 1 to 63 letters, digits, '-', '_' and '.', and begins with a letter or digit." },
        { "routes:\n  a: static:///a:1", "routes.yaml(2,6): route 'a': must be a map with 'to' and what it takes: host, path, methods, headers, query." },
        { "routes:\n  a: {to: static:///a:1}", "routes.yaml(2,6): route 'a': names no host and no path; the route for all other requests is the key 'default' beside 'routes'." },
        { "routes:\n  a: {path: /}", "routes.yaml(2,6): route 'a': 'to' is missing: the cluster or target that gets the requests." },
        { "routes:\n  a: {path: /, splits: []}", "routes.yaml(2,24): route 'a': 'splits' has no version; name one at least, with 'version', 'to' and 'weight'." },
        { "default: {to: static:///a:1, mirror: {share: 5%}}", "routes.yaml(1,38): default, mirror: 'to' is missing: the cluster or target that gets the copies." },
        { "default: {to: static:///a:1, mirror: {to: b}}", "routes.yaml(1,43): default, mirror: there is no cluster 'b' (there are none); name one, or a target such as rollcall:///b." },
        { "default: {to: static:///a:1, mirror: {to: static:///b:1, share: 5}}", "routes.yaml(1,65): default, mirror: 'share' is '5'; it must be a share from 0% to 100%, such as 10%." },
        { "default: {to: static:///a:1, mirror: {to: static:///b:1, maxBodyBytes: 67108865}}", "routes.yaml(1,72): default, mirror: 'maxBodyBytes' is '67108865'; it must be a number from 0 to 67108864." },
        { "default: {to: static:///a:1, mirror: {to: static:///b:1, maxConcurrent: 0}}", "routes.yaml(1,73): default, mirror: 'maxConcurrent' is '0'; it must be a number from 1 to 100000." },
        { "default: {to: static:///a:1, affinity: client}", "routes.yaml(1,40): default: 'affinity' by a key needs a policy that keeps keys where they are, and cluster 'static:///a:1' has peak-ewma; give it balancer: ring-hash or maglev, or let the gateway give each client a cookie: affinity: { cookie: NAME }." },
        { "default: {to: static:///a:1, affinity: user}", "routes.yaml(1,40): default: 'affinity' is 'user'; it must be client, header:NAME, cookie:NAME, query:NAME or claim:NAME." },
        { "default: {to: static:///a:1, affinity: {cookie: a b}}", "routes.yaml(1,49): default, affinity: 'cookie' must be the name of a cookie that the gateway gives to each client." },
        { "default: {to: static:///a:1, affinity: {cookie: a, maxAge: 0s}}", "routes.yaml(1,60): default, affinity: 'maxAge' is '0s'; it must be a duration from 1s to 400d." },
        { "routes:\n  a: {path: /, splits: [{version: x, to: static:///a:1, weight: 90%}, {version: y, to: static:///a:1, weight: 10}]}", "routes.yaml(2,24): route 'a': 'splits' mixes percents and plain weights; write all of one kind." },
        { "routes:\n  a: {path: /, splits: [{version: x, to: static:///a:1, weight: 90%}, {version: y, to: static:///a:1, weight: 5%}]}", "routes.yaml(2,24): route 'a': the percents of 'splits' sum to 95%; they must sum to 100%." },
        { "routes:\n  a: {path: /, splits: [{version: x, to: static:///a:1, weight: 70%}, {version: y, to: static:///a:1, weight: 40%}]}", "routes.yaml(2,24): route 'a': the percents of 'splits' sum to 110%; they must sum to 100%." },
        { "default: static:///a:1\ncorrelationHeader: content-length", "routes.yaml(2,20): 'content-length' is no header for it; write one such as X-Request-Id, or none." },
        { "routes:\n  a: {path: a, to: static:///a:1}", "routes.yaml(2,13): route 'a': path: 'a' must begin with /." },
        { "routes:\n  a: {path: '/{x', to: static:///a:1}", "routes.yaml(2,13): route 'a': path: '/{x' is no pattern: There is an incomplete parameter in the route template. Check that each '{' character has a matching '}' character." },
        { "routes:\n  a: {path: /, methods: [GET, P T], to: static:///a:1}", "routes.yaml(2,31): route 'a': methods: 'P T' is no method; write GET, POST and so on." },
        { "routes:\n  a: {path: /, host: a_b/, to: static:///a:1}", "routes.yaml(2,22): route 'a': host: 'a_b/' is no host; write shop.example, *.shop.example or shop.example:8443." },
        { "routes:\n  a: {path: /, headers: {x: {like: y}}, to: static:///a:1}", "routes.yaml(2,29): route 'a': headers: 'x' must be a text, a list of texts, or a map with one of exact, prefix, contains, notContains, exists: true or exists: false." },
        { "routes:\n  a: {path: /, timeout: 3, to: static:///a:1}", "routes.yaml(2,25): route 'a': 'timeout' is '3'; it must be a duration from 1ms to 1d." },
        { "routes:\n  a: {path: /, to: static:///a:1, transforms: [{PathRemovePrefx: /a}]}", "routes.yaml(2,47): route 'a': Unknown transform: PathRemovePrefx." },
        { "routes:\n  a: {path: '/{x}', to: static:///a:1}\n  b: {path: '/{y}', to: static:///a:1}", "routes.yaml(3,6): route 'b': takes the same requests as route 'a' in line 2; give one of them another 'order'." },
        { "routes:\n  a: {path: /, to: static:///a:1}\n  a: {path: /b, to: static:///a:1}", "routes.yaml(3,3): the key 'a' occurs twice in one map." },
        { "clusters:\n  a: {target: static:///a:1, balancer: best}\ndefault: a", "routes.yaml(2,40): cluster 'a': Balancer is 'best'; there are: NAMES." },
        { "clusters:\n  a: {target: static:///a:1, perTryTimeout: 2h}\ndefault: a", "routes.yaml(2,45): cluster 'a': 'perTryTimeout' is '2h'; it must be a duration from 0s to 1h." },
        { "clusters:\n  a: {balancer: random}\ndefault: a", "routes.yaml(2,6): cluster 'a': 'target' is missing." },
        { "default: static:///a:1\ntrustedProxies: [10.0.0.0/8, me]", "routes.yaml(2,30): trustedProxies: 'me' is no address and no network; write 10.0.0.5 or 10.0.0.0/8." },
        { "default: static:///a:1\nlimits: {maxHeaderBytes: 1}", "routes.yaml(2,26): limits: 'maxHeaderBytes' is '1'; it must be a number from 1024 to 1048576." },
        { "default: static:///a:1\nunmatched: 200", "routes.yaml(2,12): 'unmatched' is '200'; it must be a number from 400 to 599." },
        { "default: static:///a:1\ncertificates: [{key: k.pem}]", "routes.yaml(2,16): certificates: 'file' is missing." },
        { "default: static:///a:1\ncertificates: [{file: /no/such.pem}]", "routes.yaml(2,16): certificates: /no/such.pem cannot be used: Could not find a part of the path '/no/such.pem'; it must be PEM, with its key there or in 'key'." },
        { "default: static:///a:1\ncertificates: [{file: \"/a\\0b\"}]", "routes.yaml(2,16): certificates: /a\0b cannot be used: Null character in path; it must be PEM, with its key there or in 'key'." },
        { "default: static:///a:1\naccessLog: {file: /no/such/access.log}", "routes.yaml(2,19): accessLog: the directory /no/such of the file does not exist; create it, or name another." },
        { "default: static:///a:1\naccessLog: {file: /proc/self}", "routes.yaml(2,19): accessLog: /proc/self is a directory; name a file in it." },
        { "default: static:///a:1\naccessLog: {file: \"/tmp/a\\0b\"}", "routes.yaml(2,19): accessLog: the file cannot have such a name: Null character in path." },
        { "routes:\n  a: {path: /, headers: {x: y}, to: static:///a:1}\n  b: {path: /, headers: {X: y}, to: static:///a:1}", "routes.yaml(3,6): route 'b': takes the same requests as route 'a' in line 2; give one of them another 'order'." },
        { "default: zk:///a", "routes.yaml(1,10): default: No source answers for the scheme 'zk' of zk:///a. There are: SCHEMES. Correct the scheme, or register an IDiscoverySource for it." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_file_that_is_wrong_is_refused_with_line_and_reason(string text, string expected)
    {
        var error = await Assert.ThrowsAsync<RoutesFileException>(() => CheckAsync(text));

        // Others add policies and sources of their own.
        var message = System.Text.RegularExpressions.Regex.Replace(error.Message, "there are: round-robin[^.]*|there are: [a-z-]+, .*round-robin[^.]*", "there are: NAMES", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        message = System.Text.RegularExpressions.Regex.Replace(message, "There are: [^.]*", "There are: SCHEMES", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.Equal(expected, message);
    }

    [Theory]
    [InlineData("clusters:\n  a: { target: static:///a:1, tls: { caFile: /nowhere/ca.pem } }\ndefault: a", "routes.yaml(2,36): cluster 'a': The file /nowhere/ca.pem of the certificate authorities cannot be used")]
    [InlineData("routes:\n  a: { path: /a, to: static:///a:1, transforms: [{ RequestHeader: '', Set: x }] }", "routes.yaml(2,67): route 'a': transforms: 'RequestHeader' must be a name.")]
    [InlineData("routes:\n  Orders: { path: /a, to: static:///a:1 }\n  orders: { path: /b, to: static:///a:1 }", "routes.yaml(3,11): route 'orders': has the name of route 'Orders' in line 2; names must differ in more than case.")]
    [InlineData("routes:\n  Default: { path: /a, to: static:///a:1 }\ndefault: static:///a:1", "routes.yaml(3,10): route 'default': has the name of route 'Default' in line 2; names must differ in more than case.")]
    [InlineData(
        "routes:\n  a: { path: /a, to: static:///a:1, affinity: { cookie: stay } }\n  b: { path: /b, to: static:///b:1, affinity: { cookie: stay } }",
        "routes.yaml(3,6): route 'b': its cookie 'stay' is that of route 'a' in line 2, which leads elsewhere; give it another name.")]
    public async Task What_would_only_come_out_later_is_refused_as_well(string text, string expected)
    {
        var error = await Assert.ThrowsAsync<RoutesFileException>(() => CheckAsync(text));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_clusters_may_differ_in_case_alone()
    {
        await using var gateway = await TestGateway.StartAsync("routes:\n  a: { path: /a, to: static:///x:1 }\n  b: { path: /b, to: static:///X:1 }");

        Assert.Equal(2, gateway.Host.Report().Clusters.Count);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once_in_the_order_of_the_file()
    {
        var error = await Assert.ThrowsAsync<RoutesFileException>(() => CheckAsync("""
            unmatched: 7
            routes:
              a: { path: x, to: nowhere, timeuot: 3s }
            """));

        Assert.Equal([1, 3, 3, 3], error.Errors.Select(static item => item.Line));
    }

    [Fact]
    public async Task A_file_is_read_whole()
    {
        var config = await CheckAsync("""
            unmatched: 421
            trustedProxies: [10.0.0.0/8, "::1"]
            clusters:
              orders:
                target: rollcall:///orders
                scheme: https
                protocol: http2
                balancer: least-requests
                perTryTimeout: 500ms
                maxAttempts: 2
                subset: { version: v2 }
            routes:
              orders:
                host: [shop.example, "*.shop.example"]
                path: /orders/{**rest}
                methods: [GET, HEAD]
                headers: { x-a: one, x-b: { prefix: [p, q] }, x-c: { exists: false } }
                query: { debug: { exists: true } }
                order: -1
                to: orders
                timeout: 30s
                idleTimeout: 5s
                maxBodyBytes: unlimited
                transforms:
                  - PathRemovePrefix: /orders
            default: static:///legacy:80
            """);

        Assert.Equal(["orders", "default"], config.Routes.Select(static route => route.Name));
        Assert.Equal(["orders", "static:///legacy:80"], config.Clusters.Keys);
        var (route, cluster) = (config.Routes[0], config.Clusters["orders"]);
        Assert.Equal(["shop.example", "*.shop.example"], route.Match.Hosts);
        Assert.Equal([FieldMatch.Exact, FieldMatch.Prefix, FieldMatch.NotExists], route.Match.Headers.Select(static field => field.Match));
        Assert.Equal((-1, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), -1L), (route.Order, route.Timeout, route.IdleTimeout, route.MaxBodyBytes));
        Assert.Equal(("https", ClusterProtocol.Http2, "least-requests", 2), (cluster.Scheme, cluster.Protocol, cluster.Client.Balancer, cluster.Client.MaxAttempts));
        Assert.Equal("v2", cluster.Client.Subset["version"]);
        Assert.Equal((421, int.MaxValue), (config.UnmatchedStatus, config.Routes[1].Order));
    }

    [Theory]
    [InlineData("headers: {x: y}", "query: {x: y}")]
    [InlineData("headers: {x: 'y,z'}", "headers: {x: [y, z]}")]
    [InlineData("query: {x: y}", "query: {X: Y}")]
    public async Task Routes_that_differ_in_what_they_ask_for_are_no_conflict(string one, string other)
    {
        var config = await CheckAsync($"routes:\n  a: {{path: /, {one}, to: static:///a:1}}\n  b: {{path: /, {other}, to: static:///a:1}}");

        Assert.Equal(2, config.Routes.Length);
    }

    [Fact]
    public async Task HTTP_3_to_a_service_is_refused_where_the_platform_lacks_it()
    {
        const string Text = "clusters:\n  a: {target: static:///a:1, protocol: http3}\ndefault: a";
        if (System.Net.Quic.QuicConnection.IsSupported)
        {
            Assert.Equal(ClusterProtocol.Http3, (await CheckAsync(Text)).Clusters["a"].Protocol);
            return;
        }

        var error = await Assert.ThrowsAsync<RoutesFileException>(() => CheckAsync(Text));
        Assert.Equal("routes.yaml(2,40): cluster 'a': 'http3' needs QUIC, which this platform lacks; on Linux install libmsquic, or leave 'protocol' to auto.", error.Message);
    }

    [Fact]
    public async Task Thirds_in_percent_are_a_whole()
    {
        var config = await CheckAsync("""
            routes:
              a:
                path: /
                splits:
                  - { version: x, to: "static:///a:1", weight: 33.33% }
                  - { version: y, to: "static:///a:1", weight: 33.33% }
                  - { version: z, to: "static:///a:1", weight: 33.33% }
            """);

        Assert.Equal([33.33, 33.33, 33.33], config.Routes[0].Splits.Select(static split => split.Weight));
    }

    private static async Task<GatewayConfig> CheckAsync(string text)
    {
        var services = new ServiceCollection();
        GatewayHost.AddGatewayTo(services);
        await using var provider = services.BuildServiceProvider();
        var (config, _) = await provider.GetRequiredService<Rollcall.Gateway.Forwarding.GatewayRoutes>().CheckAsync("routes.yaml", Encoding.UTF8.GetBytes(text));
        return config;
    }
}
