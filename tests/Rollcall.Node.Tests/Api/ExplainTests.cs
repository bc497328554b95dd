using System.Net;
using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Node.Tests.Api;

public sealed class ExplainTests
{
    [Fact]
    public async Task A_pick_is_explained_as_a_caller_would_make_it()
    {
        await using var node = await TestNode.StartAsync();
        await RegisterAsync(node, "o-1", "a", "v2");
        await RegisterAsync(node, "o-2", "b", "v2");
        await RegisterAsync(node, "o-3", "a", "v1");
        await RegisterAsync(node, "o-4", "a", "v2");
        await node.Client.SetStatusAsync("orders", "o-4", EndpointState.NotReady, "warming up");

        var reply = await node.GetAsync("/api/services/orders/explain?zone=a&meta.version=v2&policy=round-robin&key=abc");

        var explanation = reply.Json.Deserialize(ApiJson.Default.ExplanationDocument)!;
        Assert.Equal(("rollcall:///orders", "round-robin", 5L, "live", 0.0, 4), (
            explanation.Target, explanation.Policy, explanation.Revision, explanation.Freshness, Math.Round(explanation.AgeSeconds), explanation.Considered));
        Assert.Equal(
            ["subset o-3: version is v1, not v2", "zone o-2: in zone b; all stays in a", "ready o-4: not-ready: warming up"],
            explanation.Steps.SelectMany(static step => step.Removed!.Select(removed => $"{step.Filter} {removed.Id}: {removed.Reason}")));
        Assert.Equal(("o-1", "It is the only one left.", "44bc2cf5ad770999"), (explanation.Winner, explanation.Why, explanation.KeyHash));
    }

    [Fact]
    public async Task Nobody_is_an_answer_and_an_unknown_service_is_none()
    {
        await using var node = await TestNode.StartAsync();
        await RegisterAsync(node, "o-1", "a", "v2");

        var nobody = (await node.GetAsync("/api/services/orders/explain?meta.version=v9")).Json.Deserialize(ApiJson.Default.ExplanationDocument)!;
        Assert.Equal((null, "Nobody: none of its 1 usable endpoints has version=v9 (there are: version v2 on 1)."), (nobody.Winner, nobody.Why));
        Assert.Equal(HttpStatusCode.NotFound, (await node.GetAsync("/api/services/billing/explain")).Status);
    }

    [Theory]
    [InlineData("policy=fastest", "policy", "must be one of")]
    [InlineData("zone=A", "zone", "must be 1 to 63 of a-z 0-9")]
    [InlineData("slow-start=2h", "slow-start", "must be a duration from 0s to 1h")]
    [InlineData("aperture=0", "aperture", "must be a whole number from 1 to 100,000")]
    [InlineData("aperture=100001", "aperture", "must be a whole number from 1 to 100,000")]
    [InlineData("client=", "client", "must have 1 to 1024 characters")]
    [InlineData("key=", "key", "must have 1 to 1024 characters")]
    [InlineData("key=a&key=b", "key", "occurs twice")]
    [InlineData("meta.=x", "meta.", "must name a label")]
    public async Task A_wrong_parameter_is_named(string query, string parameter, string message)
    {
        await using var node = await TestNode.StartAsync();

        var reply = await node.GetAsync($"/api/services/orders/explain?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains(message, reply.Json.GetProperty("errors").GetProperty(parameter).GetString(), StringComparison.Ordinal);
    }

    private static Task RegisterAsync(TestNode node, string id, string zone, string version) => node.Client.RegisterAsync("orders", id, new RegistrationDocument
    {
        Address = "10.0.0.5",
        Ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["http"] = 8080 },
        Zone = zone,
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["version"] = version },
    });
}
