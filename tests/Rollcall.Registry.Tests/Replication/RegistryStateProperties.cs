using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Replication;

namespace Rollcall.Registry.Tests.Replication;

/// <summary>Random commands against a dumb oracle, in batches of which some are taken back as if the journal had failed.</summary>
public sealed class RegistryStateProperties
{
    private static readonly string[] Services = ["a", "b", "c", "d"];
    private static readonly string?[] Owners = [null, "alice", "bob"];
    private static readonly string?[] Reasons = [null, "warming up", "well"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Decisions_are_the_oracles_and_the_changes_rebuild_the_catalog(int seed)
    {
        var random = new Random(seed);
        var state = new RegistryState(3, 3);
        var oracle = new StateOracle(3, 3);
        var catalog = new Catalog();
        var now = Sample.Now;
        var revision = 0L;
        var all = new List<Change>();
        for (var round = 0; round < 400; round++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(3));
            var fails = random.Next(4) == 0;
            var before = state.CopyInstances();
            var applied = new List<Applied>();
            var changes = new List<Change>();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                var (command, owner) = Next(random, state);
                var result = state.Apply(command, now, revision + changes.Count + 1);
                if (!fails)
                    Assert.True(oracle.Decide(command, owner) == result.Result.Outcome, $"seed {seed}, round {round}: {command} gave {result.Result}");
                applied.Add(result);
                if (result.Change is not { } change)
                    continue;
                Assert.Equal(revision + changes.Count + 1, change.Revision);
                Assert.Equal(change.Revision, result.Result.Revision);
                changes.Add(change);
            }

            if (fails)
            {
                for (var i = applied.Count - 1; i >= 0; i--)
                    state.Undo(applied[i]);
                Assert.Equal(ByKey(before), ByKey(state.CopyInstances()));
                continue;
            }

            revision += changes.Count;
            all.AddRange(changes);
            catalog.Publish(changes);
            AssertSame(state, oracle, catalog, seed, round);
        }

        AssertReplayable(all, state, random);
    }

    private static void AssertSame(RegistryState state, StateOracle oracle, Catalog catalog, int seed, int round)
    {
        var instances = ByKey(state.CopyInstances());
        var shown = catalog.Services.SelectMany(static service => service.Instances);
        Assert.True(instances.SequenceEqual(ByKey(shown)), $"seed {seed}, round {round}: the catalog differs from the state");
        foreach (var service in catalog.Services)
        {
            Assert.Equal(service.Instances.OrderBy(static i => i.Registration.Id, StringComparer.Ordinal), service.Instances);
            Assert.True(service.Revision >= service.Instances.Max(static i => i.Revision));
        }

        var facts = instances.Select(static i => (i.Key, i.State, i.Reason, i.Registration.Ports["http"]));
        var expected = oracle.Facts.OrderBy(static f => f.Key.ToString(), StringComparer.Ordinal);
        Assert.True(expected.SequenceEqual(facts), $"seed {seed}, round {round}: {string.Join(' ', expected)} but {string.Join(' ', facts)}");
    }

    // In batches of any size an empty catalog becomes the same one.
    private static void AssertReplayable(List<Change> changes, RegistryState state, Random random)
    {
        var rebuilt = new Catalog();
        for (var next = 0; next < changes.Count;)
        {
            var count = Math.Min(random.Next(1, 50), changes.Count - next);
            rebuilt.Publish(changes.GetRange(next, count));
            next += count;
        }

        Assert.Equal(ByKey(state.CopyInstances()), ByKey(rebuilt.Services.SelectMany(static service => service.Instances)));
    }

    private static (Command Command, string? Owner) Next(Random random, RegistryState state)
    {
        var key = new InstanceKey(Pick(random, Services), $"i-{random.Next(5)}");
        var owner = Pick(random, Owners);
        var secret = OwnerSecret.From(owner);
        var of = random.Next(5) > 0 && state.Find(key) is { } present ? present.Registration : Sample.Registration();
        Command command = random.Next(14) switch
        {
            < 4 => new Register(
                Sample.Registration(key.Service, key.Id, random.Next(1, 3)) with { Checks = random.Next(3) == 0 ? [.. Sample.Checks] : [] }, secret),
            4 => new Deregister(key, secret),
            5 or 6 => new SetStatus(key, random.Next(2) == 0, Pick(random, Reasons), secret),
            7 => new BeginDrain(key, secret, random.Next(3), random.Next(3) == 0 ? "the host is replaced" : null),
            8 => new ExpireLease(key, of),
            9 => new ReviveLease(key),
            10 => new RemoveExpired(key, of),
            11 => new ReportChecks(key, of, random.Next(2) == 0 ? null : "refused"),
            _ => new ReportCallers(key, of, random.Next(2) == 0 ? null : "3 of 4 callers avoid it"),
        };
        return (command, owner);
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static Instance[] ByKey(IEnumerable<Instance> instances) =>
        [.. instances.OrderBy(static i => i.Key.ToString(), StringComparer.Ordinal)];
}
