using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.Api;

/// <summary>The write side, where kubectl does not reach.</summary>
public sealed class WriteTests
{
    [Fact]
    public async Task An_update_leaves_the_status_and_an_update_of_the_status_leaves_the_rest()
    {
        await using var cluster = await KubeServer.StartAsync();
        var pod = cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders")).ToJson();
        using var client = new KubeClient(cluster);
        pod["status"] = new JsonObject { ["phase"] = "Failed" };
        pod["metadata"]!["labels"]!["app"] = "billing";
        ((JsonObject)pod["metadata"]!).Remove("resourceVersion");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, HttpMethod.Put, "/api/v1/namespaces/shop/pods/a", pod));
        Assert.Equal(("billing", "Running"), State());
        pod["metadata"]!["labels"]!["app"] = "orders";
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, HttpMethod.Put, "/api/v1/namespaces/shop/pods/a/status", pod));
        Assert.Equal(("billing", "Failed"), State());

        (string App, string Phase) State()
        {
            var json = cluster.Store.Get(ApiResource.Pods, "shop", "a").ToJson();
            return (json["metadata"]!["labels"]!["app"]!.ToString(), json["status"]!["phase"]!.ToString());
        }
    }

    [Fact]
    public async Task What_is_owned_goes_with_its_owner_and_a_namespace_with_all_in_it()
    {
        await using var cluster = await KubeServer.StartAsync();
        var set = cluster.Put(Manifest.StatefulSet("shop", "orders", 1)).ToJson();
        var pod = Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders");
        pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["uid"] = set["metadata"]!["uid"]!.DeepClone() });
        cluster.Put(pod);
        cluster.Put(Manifest.Pod("shop", "other", "10.0.0.2", "other"));
        using var client = new KubeClient(cluster);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, HttpMethod.Delete, "/apis/apps/v1/namespaces/shop/statefulsets/orders", null));
        Assert.Equal(["other"], cluster.Store.All(ApiResource.Pods).Select(static left => left.Name));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, HttpMethod.Delete, "/api/v1/namespaces/shop", null));
        Assert.Empty(cluster.Store.All(ApiResource.Pods));
    }

    [Fact]
    public async Task A_rule_of_a_namespace_holds_there_alone_and_one_of_a_name_for_it_alone()
    {
        await using var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Pod("shop", "a", "10.0.0.1", "orders"));
        using var client = new KubeClient(cluster, cluster.AddServiceAccount("shop", "default", AccessRule.Read("shop", "pods"), AccessRule.Read("other", "services") with { ResourceNames = ["orders"] }));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/namespaces/shop/pods")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/namespaces/other/pods")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/pods")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/namespaces/other/services/orders")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/namespaces/other/services/billing")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(client, HttpMethod.Delete, "/api/v1/namespaces/shop/pods/a", null));
        // As the API server does: a watch of one name is a watch of that name.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/namespaces/other/services?fieldSelector=metadata.name%3Dorders")).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/namespaces/other/services")).Code);
    }

    [Theory]
    [InlineData("no json", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"metadata":{"name":"x","namespace":"elsewhere"}}""", 400)]
    [InlineData("""{"metadata":{"name":"x","labels":{"app":1}}}""", 201)]
    public async Task What_is_sent_is_read_with_care(string body, int code)
    {
        await using var cluster = await KubeServer.StartAsync();
        using var client = new KubeClient(cluster);
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await Eventually.Within(client.Http.PostAsync("/api/v1/namespaces/default/configmaps", content));
        Assert.Equal(code, (int)response.StatusCode);
    }

    private static async Task<HttpStatusCode> SendAsync(KubeClient client, HttpMethod method, string path, JsonObject? json)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20 };
        if (json is not null)
            request.Content = new StringContent(json.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        using var response = await Eventually.Within(client.Http.SendAsync(request));
        return response.StatusCode;
    }
}
