using System.Text.Json.Nodes;

namespace Rollcall.Charts.Tests.Validation;

public sealed class KubernetesSchemaTests
{
    private const string Service = """
        {
          "apiVersion": "v1", "kind": "Service", "metadata": { "name": "orders", "labels": { "app": "orders" } },
          "spec": { "clusterIP": "None", "publishNotReadyAddresses": false, "ports": [{ "name": "http", "port": 80, "targetPort": "http" }] }
        }
        """;

    [Fact]
    public void A_right_object_has_no_violations() => Assert.Empty(Violations(static _ => { }));

    [Fact]
    public void A_field_that_is_not_known_is_one() =>
        Assert.Equal(["Service/orders.spec has no field publishNotReadyAdresses"], Violations(static json => json["spec"]!["publishNotReadyAdresses"] = false));

    [Fact]
    public void A_field_that_must_be_there_is_one() =>
        Assert.Equal(["Service/orders.spec.ports[0] needs a field port"], Violations(static json => json["spec"]!["ports"]![0]!.AsObject().Remove("port")));

    [Theory]
    [InlineData("publishNotReadyAddresses", "\"false\"", "a boolean")]
    [InlineData("clusterIP", "1", "a string")]
    [InlineData("clusterIP", "null", "a string")]
    [InlineData("ports", "{}", "a list")]
    [InlineData("selector", "[]", "a map")]
    [InlineData("selector", """{"app":1}""", "a string")]
    [InlineData("sessionAffinityConfig", "1", "an object")]
    public void Another_type_is_one(string field, string value, string expected)
    {
        var violation = Assert.Single(Violations(json => json["spec"]![field] = JsonNode.Parse(value)));
        Assert.EndsWith($"must be {expected}", violation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8080", true)]
    [InlineData("\"http\"", true)]
    [InlineData("80.5", false)]
    [InlineData("true", false)]
    public void A_port_is_a_number_or_a_name(string value, bool isRight) =>
        Assert.Equal(isRight, Violations(json => json["spec"]!["ports"]![0]!["targetPort"] = JsonNode.Parse(value)).Count == 0);

    [Fact]
    public void A_kind_that_is_not_known_is_one() => Assert.Contains("no kind", Assert.Single(Violations(static json => json["kind"] = "Servce")), StringComparison.Ordinal);

    private static IReadOnlyList<string> Violations(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Service)!.AsObject();
        change(json);
        return KubernetesSchema.Current.Violations(json);
    }
}
