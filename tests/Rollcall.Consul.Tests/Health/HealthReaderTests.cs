using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.Consul.Health;
using Rollcall.Watching;

namespace Rollcall.Consul.Tests.Health;

public sealed class HealthReaderTests
{
    [Fact]
    public void An_instance_is_read_with_all_that_it_says()
    {
        var endpoint = Assert.Single(Read("consul:///orders", FakeConsul.Entry("n1", "orders-1", "10.0.0.1", 80)).Endpoints);
        Assert.Equal(("n1/orders-1", "10.0.0.1", 80, EndpointState.Ready, "n1", "rack-1"), (endpoint.Id, endpoint.Host, endpoint.Ports["http"], endpoint.State, endpoint.Node, endpoint.Zone));
        Assert.Equal("tags=blue,v2 version=2", string.Join(' ', endpoint.Metadata.Select(static label => $"{label.Key}={label.Value}")));
    }

    [Theory]
    [InlineData("", "10.0.0.1", "10.0.0.1:80")]
    [InlineData("", "", "10.1.0.1:80")]
    [InlineData("?address=wan", "10.0.0.1", "198.18.0.9:90")]
    [InlineData("?address=lan", "10.0.0.1", "10.0.0.1:80")]
    [InlineData("?address=lan", "", "10.1.0.1:80")]
    [InlineData("?address=virtual", "10.0.0.1", "10.0.0.1:80")]
    public void The_address_is_the_tagged_one_or_its_own_or_its_nodes(string query, string address, string expected)
    {
        var endpoint = Assert.Single(Read("consul:///orders" + query, FakeConsul.Entry("n1", "o", address, 80)).Endpoints);
        Assert.Equal(expected, $"{endpoint.Host}:{endpoint.Ports["http"]}");
    }

    [Fact]
    public void A_node_tells_an_address_where_the_service_has_none()
    {
        var entry = FakeConsul.Entry("n1", "o", "", 80);
        entry["Service"]!["TaggedAddresses"] = null;
        Assert.Equal("198.18.0.1", Assert.Single(Read("consul:///orders?address=wan", entry).Endpoints).Host);
    }

    [Theory]
    [InlineData("", "passing", EndpointState.Ready, null)]
    [InlineData("", "warning", EndpointState.Ready, "check 'ping' is warning")]
    [InlineData("", "critical", EndpointState.NotReady, "check 'ping' is critical")]
    [InlineData("", "confused", EndpointState.NotReady, "check 'ping' is confused")]
    [InlineData("?passing=true", "passing", EndpointState.Ready, null)]
    [InlineData("?passing=true", "warning", EndpointState.NotReady, "check 'ping' is warning")]
    [InlineData("?passing=true", "critical", EndpointState.NotReady, "check 'ping' is critical")]
    [InlineData("?passing=false", "warning", EndpointState.Ready, "check 'ping' is warning")]
    public void Checks_decide_the_state_and_hide_nothing(string query, string status, EndpointState state, string? reason)
    {
        var endpoint = Assert.Single(Read("consul:///orders" + query, FakeConsul.Entry("n1", "o", "10.0.0.1", 80, status)).Endpoints);
        Assert.Equal((state, reason), (endpoint.State, endpoint.Reason));
    }

    [Theory]
    [InlineData("_node_maintenance", "", "in maintenance")]
    [InlineData("_service_maintenance:o", "moving house", "in maintenance: moving house")]
    public void Maintenance_is_told_with_its_reason(string check, string notes, string expected)
    {
        var entry = FakeConsul.Entry("n1", "o", "10.0.0.1", 80);
        entry["Checks"]!.AsArray().Add(new JsonObject { ["CheckID"] = check, ["Name"] = "Maintenance", ["Status"] = "critical", ["Notes"] = notes });
        var endpoint = Assert.Single(Read("consul:///orders", entry).Endpoints);
        Assert.Equal((EndpointState.NotReady, expected), (endpoint.State, endpoint.Reason));
    }

    [Fact]
    public void Weights_are_relative_to_the_heaviest_and_a_warning_has_its_own()
    {
        JsonObject[] entries = [Weighted("a", 100, 1, "passing"), Weighted("b", 50, 1, "passing"), Weighted("c", 100, 2, "warning"), Weighted("d", 100, 0, "warning")];
        Assert.Equal("100 50 2 0", string.Join(' ', Read("consul:///orders", entries).Endpoints.Select(static endpoint => endpoint.Weight)));

        static JsonObject Weighted(string id, int passing, int warning, string status)
        {
            var entry = FakeConsul.Entry("n1", id, "10.0.0.1", 80, status);
            entry["Service"]!["Weights"] = new JsonObject { ["Passing"] = passing, ["Warning"] = warning };
            return entry;
        }
    }

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(1, 65535, 1)]
    [InlineData(65535, 65535, 100)]
    [InlineData(1, 2, 50)]
    [InlineData(0, 5, 0)]
    [InlineData(-3, 5, 0)]
    [InlineData(int.MaxValue, int.MaxValue, 100)]
    public void A_weight_is_1_to_100_and_nothing_but_none_becomes_0(int weight, int heaviest, int expected) => Assert.Equal(expected, HealthReader.Scale(weight, heaviest));

    [Fact]
    public void The_nearest_nodes_instances_come_first_and_only_where_nearness_was_asked_for()
    {
        JsonObject[] entries = [FakeConsul.Entry("near", "a", "10.0.0.1", 80), FakeConsul.Entry("far", "a", "10.0.0.2", 80), FakeConsul.Entry("near", "b", "10.0.0.1", 81)];
        Assert.Equal("near/a 0, far/a 1, near/b 0", Groups("consul:///orders?near=_agent"));
        Assert.Equal("near/a 0, far/a 0, near/b 0", Groups("consul:///orders"));

        string Groups(string target) => string.Join(", ", Read(target, entries).Endpoints.Select(static endpoint => $"{endpoint.Id} {endpoint.Priority}"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Node":{"Node":"n"},"Service":{"Port":80}}""")]
    [InlineData("""{"Node":{"Node":"n"},"Service":{"ID":"x","Port":80}}""")]
    [InlineData("""{"Node":{"Node":"n","Address":"10.0.0.1"},"Service":{"ID":"x"}}""")]
    [InlineData("""{"Node":{"Node":"n","Address":"10.0.0.1"},"Service":{"ID":"x","Port":65536}}""")]
    [InlineData("""{"Node":{"Node":"n","Address":"a b"},"Service":{"ID":"x","Port":80}}""")]
    [InlineData("""{"Node":{"Node":"n1"},"Service":{"ID":"good","Port":80,"Address":"10.0.0.1"}}""")]
    public void One_that_makes_no_sense_is_left_out_and_told_and_the_others_stay(string entry)
    {
        var entries = JsonSerializer.Deserialize($"[{FakeConsul.Entry("n1", "good", "10.0.0.1", 80).ToJsonString()},{entry}]", HealthJson.Default.EntryDocumentArray)!;
        var answer = HealthReader.Read(entries, Target("consul:///orders"));
        Assert.Equal("n1/good", Assert.Single(answer.Endpoints).Id);
        Assert.Equal(FreshnessKind.Fallback, answer.Freshness.Kind);
        Assert.Contains("1 of 2 instances of orders", answer.Freshness.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Holes_in_an_entry_are_none_of_ours()
    {
        var entries = JsonSerializer.Deserialize(
            """[{"Node":{"Node":"n","Address":"10.0.0.1","Meta":null},"Service":{"ID":"x","Port":80,"Tags":[null,"a"],"Meta":{"k":null},"Weights":null,"TaggedAddresses":{"wan":null}},"Checks":[null]}]""", HealthJson.Default.EntryDocumentArray)!;
        Assert.Equal(EndpointState.NotReady, Assert.Single(HealthReader.Read(entries, Target("consul:///orders?address=wan")).Endpoints).State);
    }

    [Fact]
    public void Ten_thousand_instances_are_read_and_one_more_is_refused()
    {
        EntryDocument[] Entries(int count) => [.. Enumerable.Range(0, count).Select(static i => new EntryDocument { Node = new NodeDocument { Node = $"n{i}", Address = "10.0.0.1" }, Service = new ServiceDocument { Id = "o", Port = 80 } })];
        Assert.Equal(10_000, HealthReader.Read(Entries(10_000), Target("consul:///orders")).Endpoints.Length);
        Assert.Throws<FormatException>(() => HealthReader.Read(Entries(10_001), Target("consul:///orders")));
    }

    [Fact]
    public void Labels_hold_at_the_limit_and_not_one_beyond()
    {
        Assert.True(WithLabels(HealthReader.MaxLabels, HealthReader.MaxTextLength).Freshness.IsLive);
        Assert.False(WithLabels(HealthReader.MaxLabels + 1, 1).Freshness.IsLive);
        Assert.False(WithLabels(1, HealthReader.MaxTextLength + 1).Freshness.IsLive);

        static SourceAnswer WithLabels(int count, int length) => HealthReader.Read(
            [new EntryDocument { Node = new NodeDocument { Node = "n", Address = "a" }, Service = new ServiceDocument { Id = "o", Port = 80, Meta = Enumerable.Range(0, count).ToDictionary(static i => $"k{i}", string? (_) => new string('x', length), StringComparer.Ordinal) } }],
            Target("consul:///orders"));
    }

    private static SourceAnswer Read(string target, params JsonObject[] entries) =>
        HealthReader.Read(JsonSerializer.Deserialize(new JsonArray([.. entries.Select(static entry => entry.DeepClone())]).ToJsonString(), HealthJson.Default.EntryDocumentArray)!, Target(target));

    private static ConsulTarget Target(string text) => ConsulTarget.Of(ServiceTarget.Parse(text), new ConsulSettings(new ConsulSourceOptions(), static _ => null));
}
