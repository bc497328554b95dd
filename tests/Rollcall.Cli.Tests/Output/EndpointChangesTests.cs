using Rollcall.Cli.Output;

namespace Rollcall.Cli.Tests.Output;

public sealed class EndpointChangesTests
{
    private static readonly Endpoint A = new("a", "h", 80);

    [Fact]
    public void Between_names_every_field_that_changed()
    {
        var now = A with
        {
            State = EndpointState.NotReady,
            Reason = "warming up",
            Host = "g",
            Ports = new SmallMap<int>([new("http", 81)]),
            Weight = 7,
            Zone = "z",
            Metadata = new SmallMap<string>([new("version", "v2")]),
        };
        var change = Assert.Single(EndpointChanges.Between(Set(A), Set(now)));
        Assert.Equal("~ a  state ready -> not-ready (warming up), host h -> g, ports http:80 -> http:81, weight 100 -> 7, zone - -> z, version - -> v2", change.ToString());
    }

    [Fact]
    public void Between_finds_those_that_came_and_left_anywhere_in_the_order()
    {
        var before = Set(A with { Id = "b" }, A with { Id = "d" }, A with { Id = "f" });
        var now = Set(A with { Id = "a" }, A with { Id = "d" }, A with { Id = "e" });
        Assert.Equal("+a -b +e -f", string.Join(' ', EndpointChanges.Between(before, now).Select(static change => change.Sign + change.Id)));
    }

    [Fact]
    public void Applying_the_changes_gives_the_new_set()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var before = RandomSet(random);
            var now = RandomSet(random);
            var ids = before.Endpoints.Select(static endpoint => endpoint.Id).ToHashSet();
            foreach (var change in EndpointChanges.Between(before, now))
            {
                Assert.True(change.Sign switch { '+' => ids.Add(change.Id), '-' => ids.Remove(change.Id), _ => ids.Contains(change.Id) }, $"seed {seed}: {change}");
                if (change.Sign == '~')
                    Assert.NotEqual(before.Endpoints.Single(e => e.Id == change.Id), now.Endpoints.Single(e => e.Id == change.Id));
            }

            Assert.True(ids.SetEquals(now.Endpoints.Select(static endpoint => endpoint.Id)), $"seed {seed}");
        }
    }

    [Fact]
    public void A_change_of_age_alone_is_not_told() =>
        Assert.Empty(EndpointChanges.Between(Set(A), Set(A with { Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) })));

    private static EndpointSet RandomSet(Random random) => Set(
        [.. Enumerable.Range(0, 8).Where(_ => random.Next(2) == 0).Select(i => A with { Id = $"e{i}", Weight = random.Next(2) })]);

    private static EndpointSet Set(params Endpoint[] endpoints) =>
        new(ServiceTarget.Parse("rollcall:///x"), endpoints, 1, default);
}
