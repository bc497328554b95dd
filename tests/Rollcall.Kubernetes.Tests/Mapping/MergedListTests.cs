using FsCheck;
using FsCheck.Fluent;
using Rollcall.Kubernetes.Mapping;

namespace Rollcall.Kubernetes.Tests.Mapping;

public sealed class MergedListTests
{
    // (object, [(id, preferred family, age, state)]): what the object says from now on.
    private static readonly Arbitrary<(int Object, (int Id, bool Preferred, int Age, int State)[] Copies)[]> Histories =
        (from changes in
            (from name in Gen.Choose(0, 4)
             from copies in Gen.ArrayOf(
                 from id in Gen.Choose(0, 9)
                 from preferred in Gen.Elements(true, true, false)
                 from age in Gen.Choose(1, 5)
                 from state in Gen.Choose(0, 2)
                 select (id, preferred, age, state))
             select (name, copies.DistinctBy(static copy => copy.id).ToArray())).ArrayOf()
         select changes).ToArbitrary();

    [Fact]
    public void It_holds_what_a_list_made_anew_from_all_objects_would_hold()
    {
        Prop.ForAll(Histories, static history =>
        {
            var list = new MergedList(static endpoint => endpoint);
            var objects = new Dictionary<int, EndpointCopy[]>();
            foreach (var (name, copies) in history)
            {
                var mapped = copies.Select(copy => Copy(copy, name)).ToArray();
                objects[name] = mapped;
                list.Set($"slice-{name}", mapped);
                var before = list.Endpoints;
                var changed = list.Commit();
                var expected = Oracle(objects.Values);
                Assert.Equal(expected, list.Endpoints);
                Assert.Equal(changed, !before.SequenceEqual(list.Endpoints));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_no_change_concerns_stays_the_very_object_it_was()
    {
        var list = new MergedList(static endpoint => endpoint);
        for (var slice = 0; slice < 100; slice++)
            list.Set($"slice-{slice}", [.. Enumerable.Range(0, 100).Select(i => Copy((slice * 100) + i, 0))]);
        list.Commit();
        var before = list.Endpoints;

        list.Set("slice-42", [.. Enumerable.Range(0, 100).Select(i => Copy(4200 + i, i == 7 ? 1 : 0))]);
        Assert.True(list.Commit());

        var changed = before.Zip(list.Endpoints).Count(static pair => !ReferenceEquals(pair.First, pair.Second));
        Assert.Equal(1, changed);
        Assert.Equal(10_000, list.Endpoints.Length);
        Assert.Equal(list.Endpoints.OrderBy(static endpoint => endpoint.Id, StringComparer.Ordinal), list.Endpoints);
    }

    [Fact]
    public void The_ports_of_all_lists_that_name_an_address_are_joined()
    {
        var list = new MergedList(static endpoint => endpoint);
        list.Set("a", [new EndpointCopy(new Endpoint("orders-0", "10.0.0.1", new SmallMap<int>([new("http", 80)])), 1, true, true)]);
        list.Set("b", [new EndpointCopy(new Endpoint("orders-0", "10.0.0.1", new SmallMap<int>([new("http", 81), new("admin", 82)])), 2, true, true)]);
        list.Commit();

        Assert.Equal(new SmallMap<int>([new("http", 81), new("admin", 82)]), Assert.Single(list.Endpoints).Ports);
    }

    private static EndpointCopy Copy(int id, int state) => Copy((id, true, 1, state), 0);

    private static EndpointCopy Copy((int Id, bool Preferred, int Age, int State) copy, int name) => new(
        // Each object gives the pod another address, so that whose word was taken can be seen.
        new Endpoint($"pod-{copy.Id:00000}", $"10.0.{name}.{(copy.Preferred ? 1 : 2)}", 80) { State = (EndpointState)copy.State },
        (ulong)((copy.Age * 10) + name),
        copy.Preferred,
        HasIdentity: copy.Id % 2 == 0);

    private static Endpoint[] Oracle(IEnumerable<EndpointCopy[]> objects)
    {
        var all = objects.SelectMany(static copies => copies).ToArray();
        var anyPreferred = all.Any(static copy => copy.IsPreferred);
        return
        [
            .. all.GroupBy(static copy => copy.Endpoint.Id, StringComparer.Ordinal)
                .Select(static group => group.OrderByDescending(static copy => copy.IsPreferred).ThenByDescending(static copy => copy.Age).First())
                .Where(best => best.IsPreferred || best.HasIdentity || !anyPreferred)
                .Select(static best => best.Endpoint)
                .OrderBy(static endpoint => endpoint.Id, StringComparer.Ordinal),
        ];
    }
}
