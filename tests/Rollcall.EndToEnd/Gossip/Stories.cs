using Rollcall.Gossip;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>What happens to mixed clusters, each of them in a network of its own and all at the same time.</summary>
public sealed class Stories : IAsyncDisposable
{
    private static readonly TimeSpan BadWeather = TimeSpan.FromSeconds(45);

    private static readonly string FirstKey = GossipKey.Generate().ToBase64();
    private static readonly string SecondKey = GossipKey.Generate().ToBase64();
    private static readonly string ThirdKey = GossipKey.Generate().ToBase64();

    public Stories()
    {
        Days = new(
            () => MixedCluster.StartAsync("lan", FirstKey),
            (nameof(Agreement), Agreement),
            (nameof(Tags), Tags),
            (nameof(Keys), Keys),
            (nameof(KeysWithLoss), KeysWithLoss),
            (nameof(Leaves), Leaves));
        Crashes = new(
            () => MixedCluster.StartAsync("local"),
            (nameof(Kills), Kills),
            (nameof(Freezes), Freezes),
            (nameof(Restarts), Restarts),
            (nameof(HalfKilled), HalfKilled));
        Weather = new(() => MixedCluster.StartAsync("lan"), (nameof(Agreement), Agreement), (nameof(Losses), Losses));
        Partitions = new(() => MixedCluster.StartAsync("local"), (nameof(Agreement), Agreement), (nameof(Partition), Partition));
    }

    internal Story Days { get; }

    internal Story Crashes { get; }

    internal Story Weather { get; }

    internal Story Partitions { get; }

    internal IEnumerable<Story> All => [Days, Crashes, Weather, Partitions];

    public async ValueTask DisposeAsync()
    {
        foreach (var story in All)
            await story.DisposeAsync();
    }

    internal static async Task Agreement(MixedCluster cluster, Story story)
    {
        var start = Now();
        await cluster.AgreeAsync(cluster.Bounds.Rumour);
        story.Note("all see all, after the last was started", TimeProvider.System.GetElapsedTime(start));
    }

    internal static async Task Tags(MixedCluster cluster, Story story)
    {
        var start = Now();
        await cluster.SetTagAsync("theirs-2", "zone", "b");
        await cluster.SetTagAsync("ours-2", "zone", "c");
        await cluster.AgreeAsync(cluster.Bounds.Rumour);
        story.Note("tags of both kinds are with all", TimeProvider.System.GetElapsedTime(start));
    }

    internal static async Task Keys(MixedCluster cluster, Story story)
    {
        var start = Now();
        await RotateAsync(cluster, story, FirstKey, SecondKey, adds: "theirs-1", uses: "ours-1", removes: "theirs-2");
        await cluster.AgreeAsync(cluster.Bounds.Rumour);
        story.Note("key rotated", TimeProvider.System.GetElapsedTime(start));
    }

    internal static async Task KeysWithLoss(MixedCluster cluster, Story story)
    {
        var start = Now();
        await cluster.Network.LoseAsync(0.2);
        await RotateAsync(cluster, story, SecondKey, ThirdKey, adds: "ours-3", uses: "theirs-3", removes: "ours-4");
        story.Note($"key rotated with {await cluster.Network.HealAsync()} packets lost", TimeProvider.System.GetElapsedTime(start));
        await cluster.AgreeAsync(cluster.Bounds.Heal);
    }

    internal static async Task Leaves(MixedCluster cluster, Story story)
    {
        foreach (var name in new[] { "theirs-5", "ours-5" })
        {
            var start = Now();
            await cluster.LeaveAsync(name);
            story.Note($"{name} has left for all", await cluster.SeenAsync(Sight.Left, [name], start, cluster.Bounds.Rumour));

            // A rumour misses a member now and then: of agents alone, one of forty took a leave for a failure until the next exchange told it.
            Assert.True(cluster.Up.Count(node => node.When(Sight.Failed, name, start) is not null) <= 1, $"{name} has left and was taken for failed.");
        }

        await cluster.AgreeAsync(cluster.Bounds.Rumour);
    }

    internal static async Task Kills(MixedCluster cluster, Story story)
    {
        await cluster.AgreeAsync(cluster.Bounds.Rumour);
        var start = Now();
        string[] victims = ["theirs-5", "ours-5"];
        foreach (var name in victims)
            cluster.Kill(name);
        await FailedAsync(cluster, story, victims, start, "killed");
    }

    internal static async Task Freezes(MixedCluster cluster, Story story)
    {
        var start = Now();
        string[] victims = ["theirs-4", "ours-4"];
        foreach (var name in victims)
            cluster.Freeze(name, frozen: true);
        await FailedAsync(cluster, story, victims, start, "frozen");

        start = Now();
        foreach (var name in victims)
            cluster.Freeze(name, frozen: false);
        foreach (var name in victims)
            story.Note($"{name} thawed and back with all", await MixedCluster.SeenAsync(Sight.Joined, [name], [.. cluster.Up.Where(node => !victims.Contains(node.Name, StringComparer.Ordinal))], start, cluster.Bounds.Heal));
        await cluster.AgreeAsync(cluster.Bounds.Heal);
    }

    internal static async Task Restarts(MixedCluster cluster, Story story)
    {
        var start = Now();
        await Task.WhenAll(cluster.StartAsync("theirs-5"), cluster.StartAsync("ours-5"));
        await cluster.AgreeAsync(cluster.Bounds.Heal);
        story.Note("killed ones started anew, from before their start until all agree", TimeProvider.System.GetElapsedTime(start));
    }

    internal static async Task HalfKilled(MixedCluster cluster, Story story)
    {
        var start = Now();
        string[] victims = ["theirs-3", "ours-3", "theirs-4", "ours-4", "ours-5"];
        foreach (var name in victims)
            cluster.Kill(name);
        await FailedAsync(cluster, story, victims, start, "killed with half of all");
    }

    internal static async Task Losses(MixedCluster cluster, Story story)
    {
        await cluster.Network.LoseAsync(0.2);
        await cluster.Network.RelayAsync(new(TimeSpan.FromMilliseconds(200), Jitter: TimeSpan.FromMilliseconds(20), Duplicated: 0.02), seed: 1);
        var start = Now();
        await Task.Delay(BadWeather, TimeProvider.System);
        var counts = await cluster.Network.WithoutRelayAsync();
        var lost = await cluster.Network.HealAsync();
        story.Note($"bad weather of {BadWeather.TotalSeconds:0} s: {lost} packets lost, {counts}");
        foreach (var kind in cluster.Up.GroupBy(static node => node.IsAgent))
        {
            int Sum(Sight sight) => kind.Sum(node => node.Count(sight, start));
            story.Note($"{(kind.Key ? "agents" : "ours")}: {Sum(Sight.Suspected)} suspicions told, {Sum(Sight.Refuted)} objections, {Sum(Sight.Failed)} wrongly failed, {Sum(Sight.Joined)} back");
        }

        foreach (var kind in cluster.Up.GroupBy(static node => node.IsAgent))
            Assert.True(kind.Sum(node => node.Count(Sight.Refuted, start)) > 0, $"None of {(kind.Key ? "the agents" : "ours")} was suspected and objected: nothing was proven.");

        // Of agents alone, one of ten is taken for failed now and then: each of its objections can be lost.
        string[] buried = [.. cluster.Up.Select(static node => node.Name).Where(name => cluster.Up.Any(other => other.When(Sight.Failed, name, start) is not null))];
        Assert.True(buried.Length <= 2, $"{string.Join(", ", buried)} live and were taken for failed.");
        start = Now();
        await cluster.AgreeAsync(cluster.Bounds.Heal);
        story.Note("all see all after bad weather", TimeProvider.System.GetElapsedTime(start));
    }

    internal static async Task Partition(MixedCluster cluster, Story story)
    {
        string[] few = ["theirs-1", "ours-1", "ours-2"];
        ClusterNode[] these = [.. few.Select(name => cluster[name])];
        ClusterNode[] others = [.. cluster.Up.Except(these)];
        string[] many = [.. others.Select(static node => node.Name)];
        var start = Now();
        await cluster.Network.DivideAsync([.. these.Select(static node => node.Host)]);
        var (seenByMany, seenByFew) = (
            MixedCluster.SeenAsync(Sight.Failed, few, others, start, cluster.Bounds.Division),
            MixedCluster.SeenAsync(Sight.Failed, many, these, start, cluster.Bounds.Division));
        story.Note("three given up by seven", await seenByMany);
        story.Note("seven given up by three", await seenByFew);

        start = Now();
        await cluster.Network.HealAsync();
        await cluster.AgreeAsync(cluster.Bounds.Heal);
        story.Note("all see all after the partition", TimeProvider.System.GetElapsedTime(start));
    }

    // Each step only when the one before has reached everybody, as operators are told to.
    private static async Task RotateAsync(MixedCluster cluster, Story story, string old, string next, string adds, string uses, string removes)
    {
        var limit = cluster.Bounds.Keys;
        var added = await cluster.ChangeKeysAsync(adds, KeyChange.Add, next, keys => keys.Contains(next, StringComparer.Ordinal), limit);
        var used = await cluster.ChangeKeysAsync(uses, KeyChange.Use, next, keys => keys[0] == next, limit);
        var removed = await cluster.ChangeKeysAsync(removes, KeyChange.Remove, old, keys => !keys.Contains(old, StringComparer.Ordinal), limit);
        Assert.All(cluster.Up, node => Assert.Equal([next], cluster.KeysOf(node.Name)));
        story.Note($"said until all had done it: add {added}, use {used}, remove {removed} times");
    }

    private static async Task FailedAsync(MixedCluster cluster, Story story, string[] victims, long since, string how)
    {
        foreach (var name in victims)
            story.Note($"{name} {how}, failed for all", await cluster.SeenAsync(Sight.Failed, [name], since, cluster.Bounds.Crash));
        await cluster.AgreeAsync(cluster.Bounds.Rumour);
    }

    private static long Now() => TimeProvider.System.GetTimestamp();
}
