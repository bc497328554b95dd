using System.Collections.Immutable;

namespace Rollcall.Tests;

public sealed class EndpointSetTests
{
    private static readonly ServiceTarget Target = ServiceTarget.Parse("rollcall:///orders");
    private static readonly Endpoint A = new("a", "10.0.0.1", 80);
    private static readonly Endpoint B = new("B", "10.0.0.2", 80);

    [Fact]
    public void Endpoints_stand_in_ordinal_order_of_their_ids()
    {
        Assert.Equal([B, A], Set([A, B]).Endpoints);
        Assert.Equal([B, A], Set(ImmutableArray.Create(A, B)).Endpoints);
        Assert.Empty(Set([]).Endpoints);
    }

    [Fact]
    public void An_array_that_is_in_order_is_taken_as_it_is()
    {
        var array = ImmutableArray.Create(B, A);

        Assert.True(array.Equals(Set(array).Endpoints));
    }

    [Fact]
    public void Content_is_endpoints_and_freshness_not_revision_or_time()
    {
        var set = Set([A, B]);

        Assert.True(set.SameContent(new EndpointSet(Target, [B, A with { }], 99, DateTimeOffset.MaxValue)));
        Assert.False(set.SameContent(Set([A])));
        Assert.False(set.SameContent(Set([A, B with { State = EndpointState.Draining }])));
        Assert.False(set.SameContent(Set([A, B with { Metadata = new SmallMap<string>([new("k", "v")]) }])));
        Assert.False(set.SameContent(new EndpointSet(Target, [A, B], 1, default, Freshness.Stale("why"))));
        Assert.False(set.SameContent(null));
    }

    [Fact]
    public void Freshness_other_than_live_has_a_reason()
    {
        Assert.True(Freshness.Live.IsLive);
        Assert.Equal("Live", Freshness.Live.ToString());
        Assert.Equal("Stale (gone)", Freshness.Stale("gone").ToString());
        Assert.Equal("Fallback (gone)", Freshness.Fallback("gone").ToString());
        Assert.Throws<ArgumentException>(() => Freshness.Stale(""));
        Assert.Throws<ArgumentException>(() => Freshness.Fallback(""));
    }

    [Fact]
    public void Endpoints_are_compared_by_content_and_need_an_id_and_a_host()
    {
        Assert.Equal(A with { Ports = new SmallMap<int>([new("http", 80)]) }, A);
        Assert.NotEqual(A with { Since = DateTimeOffset.UnixEpoch }, A);
        Assert.Throws<ArgumentException>(() => new Endpoint("", "h", 1));
        Assert.Throws<ArgumentException>(() => new Endpoint("a", "", 1));
    }

    private static EndpointSet Set(IEnumerable<Endpoint> endpoints) => new(Target, endpoints, 1, default);
}
