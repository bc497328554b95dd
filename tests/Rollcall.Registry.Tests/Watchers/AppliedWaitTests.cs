using Rollcall.Registry.Watchers;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Watchers;

/// <summary>Waiting until everyone has applied a revision, on virtual time.</summary>
public sealed class AppliedWaitTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly VirtualTime _time = new(Sample.Now);
    private readonly WatcherTable _table;

    public AppliedWaitTests() => _table = new WatcherTable(_time, static () => 1000, new WatcherLimits());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _table.Dispose();

    [Fact]
    public async Task Where_nobody_watches_it_is_over_at_once()
    {
        using var other = _table.Enter("billing", "a", WatcherKind.Poll, 1, null);
        var wait = Wait();
        Assert.True(wait.IsCompletedSuccessfully);
        AssertComplete(0, await wait);
    }

    [Fact]
    public async Task Where_all_have_applied_it_is_over_at_once()
    {
        using var a = Poll("a", 10);
        AssertComplete(1, await Eventually.Within(Wait()));
    }

    [Fact]
    public async Task It_is_over_when_the_last_of_them_names_the_revision()
    {
        var a = Poll("a", 9);
        var b = Poll("b", 9);
        using var c = _table.Enter("orders", "c", WatcherKind.Stream, 9, null);
        var wait = Wait();
        a.Dispose();
        b.Dispose();
        c.Advance(10);
        using var a2 = Poll("a", 10);
        Assert.False(wait.IsCompleted);
        using var b2 = Poll("b", 11);
        AssertComplete(2, await Eventually.Within(wait), told: 1);
        Assert.Equal(1, _time.PendingTimers); // the table's own
    }

    [Fact]
    public async Task A_stuck_watcher_is_named_at_the_timeout()
    {
        var stuck = Poll("stuck", 9);
        using var fine = Poll("fine", 9);
        var wait = Wait();
        stuck.Dispose(); // answered, but frozen: it never asks again
        fine.Advance(10);
        _time.Advance(Timeout - TimeSpan.FromMilliseconds(10));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        var result = await Eventually.Within(wait);
        Assert.Equal(2, result.Asked);
        Assert.Equal(("stuck", 9L), (Assert.Single(result.Waiting).Id, result.Waiting[0].Applied));
    }

    [Fact]
    public async Task A_killed_watcher_is_waited_for_two_seconds()
    {
        var killed = Poll("killed", 9);
        var wait = Wait();
        _time.Advance(TimeSpan.FromSeconds(10));
        killed.Lost();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        AssertComplete(1, await Eventually.Within(wait));
    }

    [Fact]
    public async Task A_frozen_watcher_that_is_forgotten_before_the_timeout_is_waited_for_no_longer()
    {
        var frozen = Poll("frozen", 9);
        frozen.Dispose();
        var wait = Wait(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        AssertComplete(1, await Eventually.Within(wait));
    }

    [Fact]
    public async Task One_that_comes_meanwhile_is_waited_for_too()
    {
        using var a = Poll("a", 9);
        var wait = Wait();
        using var late = Poll("late", 0);
        a.Advance(10);
        Assert.False(wait.IsCompleted);
        late.Advance(10);
        AssertComplete(2, await Eventually.Within(wait));
    }

    [Fact]
    public async Task One_that_goes_back_has_to_apply_it_again()
    {
        var a = Poll("a", 9);
        using var b = Poll("b", 9);
        var wait = Wait();
        a.Dispose();
        using (Poll("a", 10))
        {
        }

        using var restarted = Poll("a", 0);
        b.Advance(10);
        Assert.False(wait.IsCompleted);
        restarted.Advance(10);
        AssertComplete(2, await Eventually.Within(wait));
    }

    [Fact]
    public async Task A_watcher_of_all_services_is_waited_for()
    {
        using var all = _table.Enter(WatcherTable.AllServices, "all", WatcherKind.Stream, 9, null);
        var wait = Wait();
        Assert.False(wait.IsCompleted);
        all.Advance(10);
        AssertComplete(0, await Eventually.Within(wait), told: 1);
    }

    [Fact]
    public async Task Without_a_timeout_those_behind_are_named_at_once()
    {
        using var a = Poll("a", 9);
        using var all = _table.Enter(WatcherTable.AllServices, "0-all", WatcherKind.Stream, 9, null);
        var result = await Eventually.Within(Wait(TimeSpan.Zero));
        Assert.Equal(["0-all", "a"], result.Waiting.Select(static w => w.Id));
    }

    [Fact]
    public async Task Several_wait_for_different_revisions()
    {
        using var a = Poll("a", 9);
        var tenth = Wait();
        var eleventh = _table.WaitUntilAppliedAsync("orders", 11, Timeout, Token);
        a.Advance(10);
        AssertComplete(1, await Eventually.Within(tenth));
        Assert.False(eleventh.IsCompleted);
        a.Advance(11);
        AssertComplete(1, await Eventually.Within(eleventh));
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_no_timer()
    {
        using var a = Poll("a", 9);
        using var cancel = new CancellationTokenSource();
        var wait = _table.WaitUntilAppliedAsync("orders", 10, Timeout, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(wait));
        Assert.Equal(1, _time.PendingTimers);
    }

    [Fact]
    public async Task When_the_registry_stops_those_behind_are_named()
    {
        using var a = Poll("a", 9);
        var wait = Wait();
        _table.Dispose();
        Assert.Equal("a", Assert.Single((await Eventually.Within(wait)).Waiting).Id);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task Thousands_of_watchers_apply_at_once_from_many_threads()
    {
        var watchers = Enumerable.Range(0, 4000).Select(i => Poll($"w-{i}", 9)).ToArray();
        var wait = Wait();
        await Eventually.Within(Task.Run(() => Parallel.ForEach(watchers, static (watcher, _, i) =>
        {
            watcher.Dispose();
            watcher.Lost();
        })));
        Assert.False(wait.IsCompleted);
        Parallel.For(0, watchers.Length, i => Poll($"w-{i}", 10).Dispose());
        AssertComplete(4000, await Eventually.Within(wait));
    }

    private static void AssertComplete(int asked, AppliedResult result, int told = 0)
    {
        Assert.Empty(result.Waiting);
        Assert.Equal(told, result.Told);
        Assert.Equal(asked, result.Asked);
    }

    private WatcherHandle Poll(string id, long applied) => _table.Enter("orders", id, WatcherKind.Poll, applied, null);

    private Task<AppliedResult> Wait(TimeSpan? timeout = null) => _table.WaitUntilAppliedAsync("orders", 10, timeout ?? Timeout, Token);
}
