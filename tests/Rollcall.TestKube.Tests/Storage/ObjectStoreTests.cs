using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Tests.Storage;

public sealed class ObjectStoreTests
{
    private readonly VirtualTime _time = new();
    private readonly ObjectStore _store;

    public ObjectStoreTests() => _store = new ObjectStore(_time, historyLimit: 10);

    [Fact]
    public void One_revision_grows_over_everything()
    {
        var pod = _store.Create(ApiResource.Pods, Pod("a"));
        var node = _store.Create(ApiResource.Nodes, Manifest.Node("n"));
        var changed = Touch("a", "1");
        Assert.Equal([pod.ResourceVersion + 1, pod.ResourceVersion + 2], [node.ResourceVersion, changed.ResourceVersion]);
        Assert.Equal(changed.ResourceVersion, _store.ResourceVersion);
        Assert.Equal(changed.ResourceVersion + 1, _store.Delete(ApiResource.Pods, "shop", "a").ResourceVersion);
    }

    [Fact]
    public void What_changes_nothing_is_no_change()
    {
        var pod = _store.Create(ApiResource.Pods, Pod("a"));
        Assert.Same(pod, _store.Put(ApiResource.Pods, Pod("a")));
        Assert.Same(pod, _store.Update(ApiResource.Pods, pod.ToJson()));
        Assert.Empty(_store.After(pod.ResourceVersion).Events);
    }

    [Fact]
    public void Identity_is_the_servers_and_stays()
    {
        var first = _store.Create(ApiResource.Services, Manifest.Service("shop", "orders", ("http", 80))).ToJson()["metadata"]!;
        _time.Advance(TimeSpan.FromHours(1));
        var second = _store.Put(ApiResource.Services, Manifest.Service("shop", "orders", ("http", 81))).ToJson()["metadata"]!;
        Assert.Equal(first["uid"]!.ToString(), second["uid"]!.ToString());
        Assert.Equal(("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), (first["creationTimestamp"]!.ToString(), second["creationTimestamp"]!.ToString()));
        Assert.Equal((1, 2), (first["generation"]!.GetValue<long>(), second["generation"]!.GetValue<long>()));
        var relabelled = _store.Change(ApiResource.Services, "shop", "orders", static json => json["metadata"]!["labels"]!["a"] = "b").ToJson()["metadata"]!;
        Assert.Equal(2, relabelled["generation"]!.GetValue<long>());
        _store.Delete(ApiResource.Services, "shop", "orders");
        Assert.NotEqual(first["uid"]!.ToString(), _store.Put(ApiResource.Services, Manifest.Service("shop", "orders", ("http", 80))).ToJson()["metadata"]!["uid"]!.ToString());
    }

    [Fact]
    public void A_write_on_an_old_state_is_a_conflict()
    {
        var old = _store.Create(ApiResource.Pods, Pod("a")).ToJson();
        Touch("a", "1");
        var conflict = Assert.Throws<ApiStatusException>(() => _store.Update(ApiResource.Pods, old));
        Assert.Equal(
            (409, "Operation cannot be fulfilled on pods \"a\": the object has been modified; please apply your changes to the latest version and try again"),
            (conflict.Code, conflict.Message));
        Assert.Equal("AlreadyExists", Assert.Throws<ApiStatusException>(() => _store.Create(ApiResource.Pods, Pod("a"))).Reason);
        Assert.Equal("NotFound", Assert.Throws<ApiStatusException>(() => _store.Update(ApiResource.Pods, Pod("b"))).Reason);
        Assert.Equal("NotFound", Assert.Throws<ApiStatusException>(() => _store.Delete(ApiResource.Pods, "shop", "b")).Reason);
    }

    [Fact]
    public void What_is_stored_is_nobodys_to_change()
    {
        var given = Pod("a");
        var stored = _store.Create(ApiResource.Pods, given);
        given["metadata"]!["labels"]!["app"] = "changed";
        stored.ToJson()["metadata"]!["labels"]!["app"] = "changed";
        Assert.Equal("orders", _store.Get(ApiResource.Pods, "shop", "a").ToJson()["metadata"]!["labels"]!["app"]!.ToString());
    }

    [Fact]
    public void History_is_kept_up_to_a_limit()
    {
        var first = _store.Create(ApiResource.Pods, Pod("a")).ResourceVersion;
        foreach (var i in Enumerable.Range(0, 19))
            Touch("a", $"{i}");
        Assert.Equal(19, _store.After(first).Events.Count); // 20 changes: twice the limit, not yet more
        Touch("a", "one more");
        Assert.Equal("too old resource version: 1001 (1011)", Assert.Throws<ApiStatusException>(() => _store.After(first)).Message);
        Assert.Equal(10, _store.After(first + 10).Events.Count);
        Assert.Equal("Expired", Assert.Throws<ApiStatusException>(() => _store.After(first + 9)).Reason);
    }

    [Fact]
    public void Changes_of_the_future_are_waited_for()
    {
        var at = _store.ResourceVersion;
        Assert.Empty(_store.After(at + 5).Events);
        Assert.Equal(at + 5, _store.After(at + 5).UpTo);
        var list = Assert.Throws<ApiStatusException>(() => _store.List(All(ApiResource.Pods), new() { ResourceVersion = at + 5 }));
        Assert.Equal((504, $"Too large resource version: {at + 5}, current: {at}"), (list.Code, list.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Pages_make_up_the_list(int limit)
    {
        foreach (var i in Enumerable.Range(0, 25))
            _store.Create(ApiResource.Pods, Manifest.Pod(i % 2 == 0 ? "shop" : "other", $"p-{i:00}", $"10.0.0.{i}", i % 3 == 0 ? "orders" : "billing"));
        var selection = All(ApiResource.Pods) with { Labels = LabelSelector.Parse("app=billing") };
        var whole = _store.List(selection, new()).Items.Select(static item => item.Key).ToArray();
        Assert.Equal(16, whole.Length);
        var pages = new List<string>();
        string? token = null;
        do
        {
            var page = _store.List(selection, new() { Limit = limit, Continue = token });
            Assert.InRange(page.Items.Count, 1, limit);
            Assert.Equal(whole.Length - pages.Count - page.Items.Count, page.Remaining ?? 0);
            pages.AddRange(page.Items.Select(static item => item.Key));
            token = page.Continue;
            _store.TryDelete(ApiResource.Pods, "shop", "p-24"); // what happens meanwhile is not seen
        }
        while (token is not null);

        Assert.Equal(limit >= whole.Length ? whole.Length : 16, pages.Count);
        Assert.Equal(whole, pages);
    }

    [Fact]
    public void A_continue_token_that_is_none_is_refused() =>
        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => _store.List(All(ApiResource.Pods), new() { Continue = "no" })).Code);

    [Fact]
    public void Beta_slices_are_the_same_slices()
    {
        var beta = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "orders-1", ["namespace"] = "shop" },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray("10.0.0.1"),
                ["topology"] = new JsonObject { ["topology.kubernetes.io/zone"] = "a", ["kubernetes.io/hostname"] = "n", ["x"] = "y" },
            }),
        };
        var stored = _store.Put(ApiResource.EndpointSlicesV1Beta1, beta);
        var endpoint = stored.ToJson()["endpoints"]![0]!;
        Assert.Equal(("a", "n", "y"), (endpoint["zone"]!.ToString(), endpoint["nodeName"]!.ToString(), endpoint["deprecatedTopology"]!["x"]!.ToString()));
        var back = stored.ToJson(ApiResource.EndpointSlicesV1Beta1);
        Assert.Equal("discovery.k8s.io/v1beta1", back["apiVersion"]!.ToString());
        Assert.True(JsonNode.DeepEquals(beta["endpoints"]![0]!["topology"], back["endpoints"]![0]!["topology"]));
    }

    private static Selection All(ApiResource resource) => new(resource, null, LabelSelector.Everything, FieldSelector.Parse("", resource));

    private static JsonObject Pod(string name) => Manifest.Pod("shop", name, "10.0.0.1", "orders");

    private StoredObject Touch(string name, string value) => _store.Change(ApiResource.Pods, "shop", name, json => json["metadata"]!["labels"]!["touched"] = value);
}
