using Xunit;

namespace Rollcall.TestKit.Sources;

/// <summary>
/// The seven laws of a watch (docs/architecture.md) as tests. Derive a class per source and give it a world to play with.
/// </summary>
public abstract class DiscoverySourceConformance : IAsyncLifetime
{
    private static readonly Endpoint A = new("10.0.0.1:80", "10.0.0.1", 80);
    private static readonly Endpoint B = new("10.0.0.2:80", "10.0.0.2", 80);
    private static readonly Endpoint C = new("10.0.0.3:80", "10.0.0.3", 80);

    private SourceWorld? _world;

    /// <summary>The world of the running test.</summary>
    protected SourceWorld World => _world ?? throw new InvalidOperationException("The world is made before each test.");

    public async ValueTask InitializeAsync() => _world = await CreateWorldAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_world is not null)
            await _world.DisposeAsync();
    }

    /// <summary>A fresh world in which the service does not exist yet.</summary>
    protected abstract ValueTask<SourceWorld> CreateWorldAsync();

    [Fact]
    public async Task Law_1_the_first_snapshot_is_the_current_state()
    {
        await World.SetAsync(A, B);
        await using var watch = Watch();

        await World.UntilAsync(() => watch.Last is not null);

        AssertHolds(watch.Seen[0], A, B);
        Assert.True(watch.Seen[0].Freshness.IsLive);
        Assert.Equal(World.Target, watch.Seen[0].Target);
    }

    [Fact]
    public async Task Discover_is_the_first_snapshot_of_a_watch()
    {
        await World.SetAsync(A, B);

        var set = await Completes(World.Source.DiscoverAsync(World.Target, CancellationToken.None).AsTask());

        AssertHolds(set, A, B);
        Assert.True(set.Freshness.IsLive);
        await World.UntilAsync(() => World.OpenResources == 0);
    }

    [Fact]
    public async Task Law_2_each_later_snapshot_is_whole_and_new_and_has_a_larger_revision()
    {
        SourceWorld.SkipIf(World.CannotChange);
        await World.SetAsync(A);
        await using var watch = Watch();
        await World.UntilAsync(() => watch.Last is not null);

        IReadOnlyList<Endpoint>[] states = [[A, B], [B], [A, B, C], [C, A]];
        foreach (var state in states)
        {
            await World.SetAsync([.. state]);
            await World.UntilAsync(() => Holds(watch.Last!, state));
            // The same again is no news.
            await World.SetAsync([.. state]);
        }

        await World.LetTimePassAsync();
        AssertLawful(watch);
        if (World.SetsAtOnce)
            Assert.Equal(states.Length + 1, watch.Seen.Length);
    }

    [Fact]
    public async Task Law_3_a_slow_consumer_misses_what_lies_between_and_never_the_newest()
    {
        SourceWorld.SkipIf(World.CannotChange);
        await World.SetAsync(A);
        await using var watch = new WatchRecorder(World.Source, World.Target, paused: true);
        await World.UntilAsync(() => watch.Last is not null);
        for (var i = 0; i < 25; i++)
            await World.SetAsync(i % 2 == 0 ? B : C);
        await World.SetAsync(A, B, C);
        await World.LetTimePassAsync();
        Assert.Single(watch.Seen);

        watch.Resume();

        await World.UntilAsync(() => Holds(watch.Last!, [A, B, C]));
        AssertLawful(watch);
        // One that was already on its way may come before the newest; a queue of 25 may not.
        Assert.InRange(watch.Seen.Length, 2, 4);
    }

    [Fact]
    public async Task Law_4_an_outage_is_one_stale_snapshot_on_the_way_down_and_one_live_on_the_way_up()
    {
        SourceWorld.SkipIf(World.CannotBreak);
        await World.SetAsync(A, B);
        await using var watch = Watch();
        await World.UntilAsync(() => watch.Last is not null);

        await World.BreakAsync();
        await World.UntilAsync(() => watch.Seen.Length == 2);
        AssertHolds(watch.Last!, A, B);
        Assert.Equal(FreshnessKind.Stale, watch.Last!.Freshness.Kind);
        Assert.False(string.IsNullOrWhiteSpace(watch.Last.Freshness.Reason));
        Assert.Equal(watch.Seen[0].ObservedAt, watch.Last.ObservedAt);

        await World.LetTimePassAsync();
        Assert.Equal(2, watch.Seen.Length);

        await World.HealAsync();
        await World.UntilAsync(() => watch.Seen.Length == 3);
        AssertHolds(watch.Last, A, B);
        Assert.True(watch.Last.Freshness.IsLive);
        AssertLawful(watch);
    }

    [Fact]
    public async Task Law_4_what_changed_during_an_outage_is_seen_after_it()
    {
        SourceWorld.SkipIf(World.CannotBreak);
        await World.SetAsync(A);
        await using var watch = Watch();
        await World.UntilAsync(() => watch.Last is not null);
        await World.BreakAsync();
        await World.UntilAsync(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);

        await World.HealAsync();
        await World.SetAsync(B, C);

        await World.UntilAsync(() => watch.Last!.Freshness.IsLive && Holds(watch.Last, [B, C]));
        AssertLawful(watch);
    }

    [Fact]
    public async Task Law_4_an_outage_before_the_first_state_says_nothing_until_there_is_one()
    {
        SourceWorld.SkipIf(World.CannotBreak);
        await World.SetAsync(A);
        await World.BreakAsync();
        await using var watch = Watch();
        await World.LetTimePassAsync();
        Assert.Empty(watch.Seen);
        Assert.Null(watch.Failure);

        await World.HealAsync();

        await World.UntilAsync(() => watch.Last is not null);
        AssertHolds(watch.Seen[0], A);
        Assert.True(watch.Seen[0].Freshness.IsLive);
    }

    [Fact]
    public async Task Law_4_discover_during_an_outage_says_why()
    {
        SourceWorld.SkipIf(World.CannotBreak);
        await World.SetAsync(A);
        await World.BreakAsync();

        var error = await Assert.ThrowsAsync<DiscoveryException>(
            () => Completes(World.Source.DiscoverAsync(World.Target, CancellationToken.None).AsTask()));

        Assert.False(string.IsNullOrWhiteSpace(error.Message));
        await World.UntilAsync(() => World.OpenResources == 0);
    }

    [Fact]
    public async Task Law_5_what_does_not_exist_yet_is_an_empty_live_set_until_it_appears_and_after_it_goes()
    {
        SourceWorld.SkipIf(World.CannotChange);
        await World.RemoveAsync();
        await using var watch = Watch();
        await World.UntilAsync(() => watch.Last is not null);
        AssertHolds(watch.Seen[0]);
        Assert.True(watch.Seen[0].Freshness.IsLive);

        await World.SetAsync(A);
        await World.UntilAsync(() => Holds(watch.Last!, [A]));

        await World.RemoveAsync();
        await World.UntilAsync(() => Holds(watch.Last!, []));
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        AssertLawful(watch);
    }

    [Fact]
    public void Law_5_a_malformed_target_is_refused_with_an_example_before_any_io()
    {
        Assert.NotEmpty(World.MalformedTargets);
        foreach (var text in World.MalformedTargets)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => World.Source.Validate(ServiceTarget.Parse(text)));
            Assert.Contains(World.Source.Schemes.First() + "://", error.Message, StringComparison.Ordinal);
            Assert.ThrowsAny<ArgumentException>(() => { _ = World.Source.WatchAsync(ServiceTarget.Parse(text), CancellationToken.None); });
        }
    }

    [Fact]
    public async Task Law_6_cancelling_ends_a_watch_that_waits_for_a_change_and_leaves_nothing()
    {
        await World.SetAsync(A);
        await AssertPromptEndAsync(watch => World.UntilAsync(() => watch.Last is not null));
    }

    [Fact]
    public async Task Law_6_cancelling_ends_a_watch_that_is_in_trouble_and_leaves_nothing()
    {
        SourceWorld.SkipIf(World.CannotBreak);
        await World.SetAsync(A);
        await World.BreakAsync();
        await AssertPromptEndAsync(_ => World.LetTimePassAsync());
    }

    [Fact]
    public async Task Law_7_endpoints_that_are_not_ready_are_told_and_flagged()
    {
        SourceWorld.SkipIf(World.CannotFlag);
        Endpoint[] state = [A, B with { State = EndpointState.NotReady }, C with { State = World.KnowsDraining ? EndpointState.Draining : EndpointState.NotReady }];
        await World.SetAsync(state);
        await using var watch = Watch();

        await World.UntilAsync(() => watch.Last is not null);

        AssertHolds(watch.Seen[0], state);
    }

    private static bool Holds(EndpointSet set, IEnumerable<Endpoint> expected) =>
        set.Endpoints.Select(Key).Order(StringComparer.Ordinal).SequenceEqual(expected.Select(Key).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static void AssertHolds(EndpointSet set, params Endpoint[] expected) =>
        Assert.Equal(expected.Select(Key).Order(StringComparer.Ordinal), set.Endpoints.Select(Key).Order(StringComparer.Ordinal));

    private static string Key(Endpoint endpoint) => $"{endpoint.Host}:{endpoint.Ports["http"]} {endpoint.State}";

    private static void AssertLawful(WatchRecorder watch)
    {
        Assert.Null(watch.Failure);
        foreach (var (before, after) in watch.Seen.Zip(watch.Seen.Skip(1)))
        {
            Assert.True(after.Revision > before.Revision, $"revision {after.Revision} follows {before.Revision}");
            Assert.False(after.SameContent(before), $"revision {after.Revision} says nothing new");
        }
    }

    private WatchRecorder Watch() => new(World.Source, World.Target);

    private async Task<T> Completes<T>(Task<T> task)
    {
        await World.UntilAsync(() => task.IsCompleted);
        return await task;
    }

    // The quickest of at least three: the law is about the source, not about how busy the machine is. One that waits for something is never in time.
    private async Task AssertPromptEndAsync(Func<WatchRecorder, Task> reachState)
    {
        var (prompt, quickest) = (TimeSpan.FromMilliseconds(100), TimeSpan.MaxValue);
        for (var i = 0; i < 3 || (i < 20 && quickest > prompt); i++)
        {
            await using var watch = Watch();
            await reachState(watch);
            Assert.False(watch.HasEnded);
            var took = await watch.CancelAsync();
            quickest = took < quickest ? took : quickest;
            Assert.Null(watch.Failure);
            await Eventually.True(() => World.OpenResources == 0);
            if (World.Time is VirtualTime time)
                await Eventually.True(() => time.PendingTimers == 0);
        }

        Assert.True(quickest <= prompt, $"It took {quickest.TotalMilliseconds:0} ms.");
    }
}
