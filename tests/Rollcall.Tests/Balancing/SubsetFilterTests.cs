using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class SubsetFilterTests
{
    private readonly Filtering _filtering = new();

    [Fact]
    public void Apply_EveryLabelMustMatch()
    {
        var endpoints = _filtering.Read(
            Labelled("a", ("version", "v2"), ("region", "eu")), Labelled("b", ("version", "v1"), ("region", "eu")), Labelled("c", ("version", "v2")), Labelled("d"));

        var left = _filtering.Apply(Filter(("version", "v2"), ("region", "eu")), endpoints);

        Assert.Equal("a:10000", Filtering.Text(left));
        Assert.Equal(["subset b: version is v1, not v2", "subset c: it has no label region", "subset d: it has no label region"], _filtering.Excluded);
        Assert.Null(_filtering.Last!.Problem);
    }

    [Fact]
    public void Apply_EverybodyHasThem_ChangesNothing()
    {
        var endpoints = _filtering.Read(Labelled("a", ("version", "v2")), Labelled("b", ("version", "v2")));

        Assert.Equal(endpoints, _filtering.Apply(Filter(("version", "v2")), endpoints));
    }

    [Fact]
    public void Apply_NobodyHasThem_LeavesNobodyAndSaysWhatThereIs()
    {
        var endpoints = _filtering.Read(Labelled("a", ("version", "v1")), Labelled("b", ("version", "v3")), Labelled("c", ("version", "v1")), Labelled("d"));

        Assert.Empty(_filtering.Apply(Filter(("version", "v2")), endpoints));
        Assert.Equal("none of its 4 usable endpoints has version=v2 (there are: version v1 on 2, v3 on 1, none on 1)", _filtering.Last!.Problem);
    }

    [Fact]
    public void Apply_VeryManyValues_TellsTheMostFrequent()
    {
        var endpoints = _filtering.Read([.. Enumerable.Range(0, 100).Select(static i => Labelled($"e-{i:000}", ("shard", $"{i}")))]);

        _filtering.Apply(Filter(("shard", "x")), endpoints);

        Assert.EndsWith("(there are: shard 0 on 1, 1 on 1, 2 on 1, 3 on 1, 4 on 1 and 95 more)", _filtering.Last!.Problem, StringComparison.Ordinal);
    }

    private static SubsetFilter Filter(params (string Key, string Value)[] labels) => new(Map(labels));

    private static Endpoint Labelled(string id, params (string Key, string Value)[] labels) => Make.Endpoint(id) with { Metadata = Map(labels) };

    private static SmallMap<string> Map((string Key, string Value)[] labels) => new(labels.Select(static label => KeyValuePair.Create(label.Key, label.Value)));
}
