using Rollcall.Registry.Engine;
using Rollcall.Registry.Watchers;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Engine;

public sealed class DrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_watchers_a_drain_is_complete_at_once()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        var drain = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token));
        Assert.Equal((WriteOutcome.Changed, 2), (drain.Write.Outcome, drain.Write.Revision));
        Assert.Empty(drain.Waiting);
        Assert.Equal(0, drain.Watchers);
        Assert.Equal(EndpointState.Draining, fixture.State());
    }

    [Fact]
    public async Task A_drain_is_complete_when_every_watcher_has_come_back_with_its_revision()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        using var stop = new CancellationTokenSource();
        var watchers = Enumerable.Range(0, 20).Select(i => WatchAsync(fixture, $"w-{i}", stop.Token)).ToArray();
        await Eventually.True(() => fixture.Registry.Watchers.Count("orders") == 20);
        var drain = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token));
        Assert.Empty(drain.Waiting);
        Assert.Equal(20, drain.Watchers);
        Assert.All(fixture.Registry.Watchers.GetWatchers("orders"), w => Assert.True(w.Applied >= drain.Write.Revision));
        await stop.CancelAsync();
        await Task.WhenAll(watchers).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_stuck_watcher_is_named_after_the_timeout()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(Sample.Registration() with { Ttl = TimeSpan.FromHours(1) });
        // A frozen process: its query is answered into its socket, and it never asks again.
        var stuck = fixture.Registry.Watchers.Enter("orders", "stuck", WatcherKind.Poll, 1, "10.0.0.9");
        var drain = fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        await Eventually.True(() => fixture.State() == EndpointState.Draining);
        stuck.Dispose();
        await fixture.Time.AdvanceUntilAsync(() => drain.IsCompleted, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40));
        var result = await drain;
        Assert.Equal(("stuck", 1L), (Assert.Single(result.Waiting).Id, result.Waiting[0].Applied));
        Assert.Equal(1, result.Watchers);
        Assert.InRange(result.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
        Assert.Equal(EndpointState.Draining, fixture.State());
    }

    [Fact]
    public async Task A_second_drain_waits_for_the_same()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        using var watcher = fixture.Registry.Watchers.Enter("orders", "w", WatcherKind.Stream, 1, null);
        var first = fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        var second = fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        await Eventually.True(() => fixture.State() == EndpointState.Draining);
        Assert.False(first.IsCompleted || second.IsCompleted);
        watcher.Advance(2);
        Assert.Equal(WriteOutcome.Changed, (await Eventually.Within(first)).Write.Outcome);
        var joined = await Eventually.Within(second);
        Assert.Equal((WriteOutcome.Unchanged, 2), (joined.Write.Outcome, joined.Write.Revision));
        Assert.Empty(joined.Waiting);
    }

    [Fact]
    public async Task A_drain_that_is_refused_waits_for_nobody()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(owner: "secret");
        using var watcher = fixture.Registry.Watchers.Enter("orders", "w", WatcherKind.Poll, 1, null);
        var forbidden = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token));
        Assert.Equal(WriteOutcome.Forbidden, forbidden.Write.Outcome);
        var unknown = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(id: "nobody"), null, "a test", TimeSpan.FromSeconds(30), Token));
        Assert.Equal(WriteOutcome.NotFound, unknown.Write.Outcome);
        Assert.Equal(EndpointState.Ready, fixture.State());
    }

    // As the node does it for a client: ask with what was applied, wait, answer.
    private static async Task WatchAsync(RegistryFixture fixture, string name, CancellationToken cancellationToken)
    {
        var applied = 0L;
        while (true)
        {
            using var watcher = fixture.Registry.Watchers.Enter("orders", name, WatcherKind.Poll, applied, null);
            applied = (await fixture.Registry.Catalog.WaitForChangeAsync("orders", applied, cancellationToken)).Revision;
        }
    }

    [Fact]
    public async Task A_registry_that_begins_to_stop_right_after_a_restart_answers_drains_and_makes_none_wait()
    {
        await using var before = await RegistryFixture.OpenAsync();
        await before.RegisterAsync();
        await using var fixture = await before.ReopenAsync();
        var drain = fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        await Eventually.True(() => fixture.State() == EndpointState.Draining);
        using var stuck = fixture.Registry.Watchers.Enter("orders", "stuck", WatcherKind.Poll, 1, null);

        fixture.Registry.BeginStop();

        var result = await Eventually.Within(drain);
        Assert.Equal("stuck", Assert.Single(result.Waiting).Id);
        Assert.False(result.Complete);
        var late = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token));
        Assert.Equal("stuck", Assert.Single(late.Waiting).Id);
        fixture.Registry.BeginStop();
    }

    [Fact]
    public async Task Right_after_a_restart_no_drain_is_complete_without_having_waited_for_the_watchers_of_before()
    {
        await using var before = await RegistryFixture.OpenAsync();
        await before.RegisterAsync();
        await using var fixture = await before.ReopenAsync();

        var hasty = await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.Zero, Token));
        Assert.False(hasty.Complete);
        Assert.Empty(hasty.Waiting);

        fixture.Time.Advance(ServiceRegistry.WatcherReturn);
        Assert.True((await Eventually.Within(fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.Zero, Token))).Complete);
    }

    [Fact]
    public async Task Right_after_a_restart_a_drain_waits_for_the_watchers_of_before_to_come_back()
    {
        await using var before = await RegistryFixture.OpenAsync();
        await before.RegisterAsync();
        await using var fixture = await before.ReopenAsync();
        var drain = fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        await Eventually.True(() => fixture.State() == EndpointState.Draining && fixture.Time.PendingTimers > 0);
        Assert.False(drain.IsCompleted);

        // It comes back knowing nothing of the drain, is told, and applies it.
        using (fixture.Registry.Watchers.Enter("orders", "late", WatcherKind.Poll, 1, null))
        {
        }

        await fixture.Time.AdvanceUntilAsync(() => fixture.Time.GetUtcNow() - Sample.Now >= ServiceRegistry.WatcherReturn, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.False(drain.IsCompleted);
        using var again = fixture.Registry.Watchers.Enter("orders", "late", WatcherKind.Poll, 2, null);
        var result = await Eventually.Within(drain);
        Assert.Equal(1, result.Watchers);
        Assert.Empty(result.Waiting);
    }
}
