using System.Collections.Immutable;
using System.Text;
using Rollcall.Sources.Text;

namespace Rollcall.Tests.Sources.Text;

/// <summary>Each text is read as YAML; where it is JSON, too, as that: both must say the same.</summary>
public sealed class ServiceFileTests
{
    [Theory]
    [InlineData("orders: [a:80, b:80]", "orders", "a:80 b:80")]
    [InlineData("orders:\n  - a:80\nbilling:\n  - c:80\n", "billing", "c:80")]
    [InlineData("orders: [a:80]", "billing", "")]
    [InlineData("orders:", "orders", "")]
    [InlineData("orders: []", "orders", "")]
    [InlineData("{}", "orders", "")]
    [InlineData("- a:80\n- b:80\n", "", "a:80 b:80")]
    [InlineData("[]", "", "")]
    [InlineData("""{"orders":["a:80",{"host":"b","port":80}]}""", "orders", "a:80 b:80")]
    [InlineData("""["https://a"]""", "", "a:443")]
    [InlineData("""[{"host":"::1","port":80},{"host":"[::2]","port":"80"}]""", "", "[::1]:80 [::2]:80")]
    [InlineData("""[{"address":"10.0.0.5:8080"}]""", "", "10.0.0.5:8080")]
    [InlineData("""[{"id":"orders-1","host":"a","ports":{"admin":81,"http":80}}]""", "", "orders-1")]
    [InlineData("""[{"host":"a","ports":{"admin":81,"http":80}}]""", "", "a:80")]
    [InlineData("""[{"host":"a","ports":{"admin":81,"grpc":82}}]""", "", "a:81")]
    [InlineData("""[{"targets":["a:80","b:80"],"labels":{"job":"orders"}},{"targets":["c:80"],"labels":{"job":"billing"}}]""", "orders", "a:80 b:80")]
    [InlineData("""[{"targets":["a:80"],"labels":{"service":"orders"}},{"targets":["c:80"]}]""", "orders", "a:80")]
    [InlineData("""[{"targets":["a:80"],"labels":{"job":"orders"}},{"targets":["c:80"]}]""", "", "a:80 c:80")]
    [InlineData("""[{"targets":["a"],"labels":{"__scheme__":"https"}}]""", "", "a:443")]
    [InlineData("- targets: [a:80]\n  labels: { job: orders }\n", "orders", "a:80")]
    public void Shapes(string text, string service, string ids) =>
        Assert.Equal(ids, string.Join(' ', Read(text, service).Select(static endpoint => endpoint.Id)));

    [Fact]
    public void Every_field_of_an_endpoint()
    {
        const string text = """
            [{"id":"orders-1","host":"10.0.0.5","ports":{"http":8080,"admin":8081},"weight":50,"zone":"a","node":"m7","state":"draining",
              "reason":"deploy","metadata":{"version":"v2","canary":true,"none":null}}]
            """;

        var expected = new Endpoint("orders-1", "10.0.0.5", new SmallMap<int>([new("http", 8080), new("admin", 8081)]))
        {
            Weight = 50,
            Zone = "a",
            Node = "m7",
            State = EndpointState.Draining,
            Reason = "deploy",
            Metadata = new SmallMap<string>([new("version", "v2"), new("canary", "true"), new("none", "")]),
        };
        Assert.Equal(expected, Assert.Single(Read(text, "")));
    }

    [Theory]
    [InlineData("state: ready", EndpointState.Ready)]
    [InlineData("state: not-ready", EndpointState.NotReady)]
    [InlineData("state: draining", EndpointState.Draining)]
    [InlineData("state: unknown", EndpointState.Unknown)]
    [InlineData("ready: true", EndpointState.Ready)]
    [InlineData("ready: false", EndpointState.NotReady)]
    [InlineData("ready: ~", EndpointState.Ready)]
    public void States(string field, EndpointState state) => Assert.Equal(state, Assert.Single(Read($"[{{ host: a, port: 80, {field} }}]", "")).State);

    [Fact]
    public void Labels_of_a_target_group_become_metadata_and_its_zone_the_zone()
    {
        var endpoint = Assert.Single(Read("""[{"targets":["a:80"],"labels":{"job":"orders","zone":"eu-1"}}]""", "orders"));

        Assert.Equal("eu-1", endpoint.Zone);
        Assert.Equal(new SmallMap<string>([new("job", "orders"), new("zone", "eu-1")]), endpoint.Metadata);
    }

    [Theory]
    [InlineData("orders: [a:80]", "", 1, 1, "There are: orders")]
    [InlineData("- a:80", "orders", 1, 1, "leave out #orders")]
    [InlineData("hello", "orders", 1, 1, "a map of services or a list")]
    [InlineData("\norders: a:80", "orders", 2, 9, "must be a list")]
    [InlineData("- a:80\n- b", "", 2, 3, "names no port")]
    [InlineData("- a:80\n-\n", "", 2, 2, "an endpoint must be")]
    [InlineData("- a:80\n- a:80", "", 2, 3, "first in line 1")]
    [InlineData("- { host: a, port: 80, wieght: 5 }", "", 1, 24, "there is no field 'wieght'; there are: id, host")]
    [InlineData("- { host: a, port: 0 }", "", 1, 20, "'0' is no port")]
    [InlineData("- { host: a, ports: { http: 70000 } }", "", 1, 21, "'70000' is no port")]
    [InlineData("- { host: a, ports: {} }", "", 1, 21, "'ports' is empty")]
    [InlineData("- { host: a, ports: 80 }", "", 1, 21, "must be a map")]
    [InlineData("- { host: a, port: [80] }", "", 1, 20, "must be text")]
    [InlineData("- { host: a, port: 80, ports: { http: 80 } }", "", 1, 31, "exclude each other")]
    [InlineData("- { host: a, address: b, port: 80 }", "", 1, 23, "mean the same")]
    [InlineData("- { port: 80 }", "", 1, 3, "'host' is missing")]
    [InlineData("- { host: 'a b', port: 80 }", "", 1, 11, "no host name")]
    [InlineData("- { host: a, port: 80, weight: heavy }", "", 1, 32, "'heavy' is no weight")]
    [InlineData("- { host: a, port: 80, state: dead }", "", 1, 31, "'dead' is no state")]
    [InlineData("- { host: a, port: 80, ready: perhaps }", "", 1, 31, "neither true nor false")]
    [InlineData("- { host: a, port: 80, state: ready, ready: true }", "", 1, 45, "exclude each other")]
    [InlineData("- { host: a, port: 80, id: '' }", "", 1, 28, "'id' must have")]
    [InlineData("- { host: a, port: 80, metadata: { k: [v] } }", "", 1, 39, "'metadata.k' must be text")]
    [InlineData("- targets: [a:80]\n- b:80", "", 2, 3, "every entry must be one")]
    [InlineData("- targets: a:80", "", 1, 12, "'targets' must be a list")]
    [InlineData("- targets: [a]", "", 1, 13, "names no port")]
    [InlineData("- targets: [a:80]\n  lables: {}", "", 2, 3, "there is no field 'lables'")]
    public void Mistakes_are_told_with_their_place(string text, string service, int line, int column, string problem)
    {
        var error = Assert.Throws<DataFormatException>(() => ServiceFile.Read(YamlData.Read(text), service));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void A_service_has_at_most_10_000_endpoints()
    {
        var most = "[" + string.Join(',', Enumerable.Range(0, ServiceFile.MaxEndpoints).Select(static i => $"\"h{i}:80\"")) + "]";
        Assert.Equal(ServiceFile.MaxEndpoints, ServiceFile.Read(JsonData.Read(Encoding.UTF8.GetBytes(most)), "").Length);

        var tooMany = most[..^1] + ",\"one-more:80\"]";
        var error = Assert.Throws<DataFormatException>(() => ServiceFile.Read(JsonData.Read(Encoding.UTF8.GetBytes(tooMany)), ""));
        Assert.Contains("at most 10000", error.Message, StringComparison.Ordinal);
    }

    private static ImmutableArray<Endpoint> Read(string text, string service)
    {
        var fromYaml = ServiceFile.Read(YamlData.Read(text), service);
        if (text.TrimStart()[0] is '{' or '[' && text.Contains('"', StringComparison.Ordinal))
            Assert.Equal(fromYaml, ServiceFile.Read(JsonData.Read(Encoding.UTF8.GetBytes(text)), service));
        return fromYaml;
    }
}
