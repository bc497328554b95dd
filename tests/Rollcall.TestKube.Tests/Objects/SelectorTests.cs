using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.Objects;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("app=orders", true)]
    [InlineData("app==orders", true)]
    [InlineData("app=billing", false)]
    [InlineData("app!=billing", true)]
    [InlineData("app!=orders", false)]
    [InlineData("none!=x", true)]
    [InlineData("app in (billing, orders),tier", true)]
    [InlineData("app in (billing)", false)]
    [InlineData("app notin (billing)", true)]
    [InlineData("none notin (a)", true)]
    [InlineData("none in (a)", false)]
    [InlineData("tier", true)]
    [InlineData("!tier", false)]
    [InlineData("!none,app=orders", true)]
    [InlineData("none", false)]
    public void Labels(string selector, bool fits) =>
        Assert.Equal(fits, LabelSelector.Parse(selector).Fits(new JsonObject { ["app"] = "orders", ["tier"] = "web" }));

    [Theory]
    [InlineData("app in orders")]
    [InlineData("app near (x)")]
    [InlineData("a b")]
    public void A_malformed_label_selector_is_a_bad_request(string selector) =>
        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => LabelSelector.Parse(selector)).Code);

    [Theory]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a,metadata.namespace=shop", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData("spec.nodeName=node-1,status.phase!=Failed", true)]
    [InlineData("spec.nodeName=node-2", false)]
    public void Fields(string selector, bool fits) =>
        Assert.Equal(fits, FieldSelector.Parse(selector, ApiResource.Pods).Fits(Manifest.Pod("shop", "a", "10.0.0.1", "orders")));

    [Fact]
    public void A_field_nobody_can_select_by_is_a_bad_request() =>
        Assert.Contains("field label not supported: spec.clusterIP", Assert.Throws<ApiStatusException>(() => FieldSelector.Parse("spec.clusterIP=x", ApiResource.Services)).Message, StringComparison.Ordinal);
}
