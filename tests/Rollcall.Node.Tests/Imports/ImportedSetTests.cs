using Rollcall.Node.Imports;

namespace Rollcall.Node.Tests.Imports;

public sealed class ImportedSetTests
{
    private static readonly ImportOptions Options = new("orders", "fake:///orders");

    [Theory]
    [InlineData("loco-0", "loco-0")]
    [InlineData("10.0.0.5:8080", "10.0.0.5-8080")]
    [InlineData("orders.shop", "orders.shop")]
    public void An_id_that_may_be_one_stays(string id, string expected) => Assert.Equal(expected, ImportedSet.IdOf(id));

    [Fact]
    public void Other_ids_stay_recognisable_different_and_the_same_every_time()
    {
        string[] ids = ["Orders_1", "orders_1", "orders 1", "[2001:db8::1]:80", "ÄÖÜ", "---", new string('x', 300)];

        var made = ids.Select(ImportedSet.IdOf).ToArray();

        Assert.All(made, static id => Assert.True(NameRules.IsId(id), id));
        Assert.Equal(ids.Length, made.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(made, ids.Select(ImportedSet.IdOf));
        Assert.StartsWith("orders-1-", made[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_instance_may_have_is_left_out_with_the_reason()
    {
        var set = Set(
            new Endpoint("a", "10.0.0.1", 80) { Zone = "Not A Label", State = EndpointState.NotReady },
            new Endpoint("b", "no host", 80),
            new Endpoint("c:1", "10.0.0.1", 80),
            new Endpoint("c-1", "10.0.0.2", 80));

        var imported = ImportedSet.Of(Options, set, ImportedSet.None, Options.Target);

        Assert.Equal(["a", "c-1"], imported.Instances.Select(static instance => instance.Key.Id));
        Assert.Null(imported.Instances[0].Registration.Zone);
        Assert.Equal("its source says that it is not ready", imported.Instances[0].Reason);
        Assert.Equal(2, imported.Rejected.Length);
        Assert.StartsWith("b: address must be", imported.Rejected[0], StringComparison.Ordinal);
        Assert.Equal("c:1: another one has the id c-1 already", imported.Rejected[1]);
    }

    [Fact]
    public void Of_an_endpoint_that_is_as_it_was_comes_the_very_instance_of_before()
    {
        var before = ImportedSet.Of(Options, Set(new Endpoint("a", "10.0.0.1", 80), new Endpoint("b", "10.0.0.2", 80), new Endpoint("bad", "no host", 80)), ImportedSet.None, Options.Target);

        var after = ImportedSet.Of(Options, Set(new Endpoint("a", "10.0.0.1", 80), new Endpoint("b", "10.0.0.2", 81), new Endpoint("bad", "no host", 80)), before, Options.Target);

        Assert.Same(before.Instances[0], after.Instances[0]);
        Assert.Equal(81, after.Instances[1].Registration.Ports.AsSpan()[0].Value);
        Assert.Equal(before.Rejected, after.Rejected);
        Assert.Equal("file:///elsewhere", ImportedSet.Of(Options, Set(new Endpoint("a", "10.0.0.1", 80)), before, "file:///elsewhere").Instances[0].Origin);
    }

    private static EndpointSet Set(params Endpoint[] endpoints) => new(ServiceTarget.Parse(Options.Target), endpoints, 1, DateTimeOffset.UnixEpoch);
}
