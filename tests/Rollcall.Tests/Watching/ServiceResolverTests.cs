using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class ServiceResolverTests : IAsyncDisposable
{
    private static readonly Endpoint A = new("a", "10.0.0.1", 80);
    private static readonly Endpoint B = new("b", "10.0.0.2", 80);

    private readonly VirtualTime _time = new();
    private readonly FakeSource _source;
    private readonly ServiceResolver _resolver;

    public ServiceResolverTests()
    {
        _source = new FakeSource(_time);
        _resolver = new ServiceResolver(_source, time: _time, random: new Random(1));
    }

    public ValueTask DisposeAsync() => _resolver.DisposeAsync();

    [Fact]
    public async Task All_references_share_one_watch()
    {
        _source.Set(A);
        using var first = _resolver.Watch(FakeSource.Target);
        using var second = _resolver.Watch(FakeSource.Target);

        var set = await Eventually.Within(first.GetAsync().AsTask());

        Assert.Equal([A], set.Endpoints);
        Assert.Same(set, second.Current);
        Assert.Equal(1, _source.Attempts);
    }

    [Fact]
    public async Task Current_is_null_until_the_first_snapshot()
    {
        using var watch = _resolver.Watch(FakeSource.Target);
        Assert.Null(watch.Current);
        var waiting = watch.GetAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        _source.Set(A);

        Assert.Equal([A], (await Eventually.Within(waiting)).Endpoints);
    }

    [Fact]
    public async Task Get_without_any_state_fails_with_the_last_failure()
    {
        _source.Break("the registry is on fire");
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.True(() => _source.Attempts > 0);

        var waiting = watch.GetAsync().AsTask();
        await _time.AdvanceUntilAsync(() => waiting.IsCompleted, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => waiting);
        Assert.Contains("the registry is on fire", error.Message, StringComparison.Ordinal);
        Assert.Contains("within 5s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_that_is_cancelled_says_why_there_was_nothing()
    {
        _source.Break("the registry is on fire");
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.True(() => _time.PendingTimers == 1); // the pause after the failure
        using var cancel = new CancellationTokenSource();
        var waiting = watch.GetAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Contains("the registry is on fire", Assert.IsType<DiscoveryException>(error.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_rotations_leave_one_watch_and_after_the_linger_none()
    {
        _source.Set(A);
        for (var i = 0; i < 10_000; i++)
        {
            using var watch = _resolver.Watch(FakeSource.Target);
            using var view = watch.View<object>((set, _) => set);
            if (i == 0)
                await Eventually.Within(view.GetAsync().AsTask());
            else
                Assert.NotNull(watch.Current);
            Assert.Equal(1, _resolver.WatchCount);
        }

        Assert.Equal(1, _source.Attempts);
        await Eventually.True(() => _time.PendingTimers == 1);

        _time.Advance(TimeSpan.FromMinutes(1));

        // It is given up before it has ended.
        await Eventually.True(() => _resolver.WatchCount == 0 && _source.Open == 0 && _time.PendingTimers == 0);
    }

    [Fact]
    public async Task The_late_caller_inside_the_linger_finds_the_watch_warm_and_moves_its_end()
    {
        _source.Set(A);
        using (var watch = _resolver.Watch(FakeSource.Target))
            await Eventually.Within(watch.GetAsync().AsTask());
        _time.Advance(TimeSpan.FromSeconds(59));

        using (var late = _resolver.Watch(FakeSource.Target))
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal([A], late.Current!.Endpoints);
        }

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, _resolver.WatchCount);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.True(() => _resolver.WatchCount == 0);
        Assert.Equal(1, _source.Attempts);
    }

    [Fact]
    public async Task Callers_racing_with_the_end_of_the_linger_always_get_a_living_watch()
    {
        _source.Set(A);
        for (var round = 0; round < 300; round++)
        {
            var first = _resolver.Watch(FakeSource.Target);
            await Eventually.Within(first.GetAsync().AsTask());
            var release = Task.Run(first.Dispose);
            var expire = Task.Run(() => _time.Advance(TimeSpan.FromMinutes(1)));
            var acquire = Task.Run(() => _resolver.Watch(FakeSource.Target));
            await Eventually.Within(Task.WhenAll(release, expire, acquire));
            using var late = await acquire;
            // A changed set arrives only on a watch that lives.
            var changed = A with { Weight = round % 100 };
            _source.Set(changed);
            await foreach (var set in late.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                if (set.Endpoints[0].Weight == changed.Weight)
                    break;
            }
        }
    }

    [Fact]
    public async Task Giving_a_reference_back_twice_counts_once()
    {
        _source.Set(A);
        using var kept = _resolver.Watch(FakeSource.Target);
        var given = _resolver.Watch(FakeSource.Target);
        given.Dispose();
        given.Dispose();

        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, _resolver.WatchCount);
        await Eventually.Within(kept.GetAsync().AsTask());
    }

    [Fact]
    public async Task A_view_outlives_the_reference_it_came_from()
    {
        _source.Set(A);
        var watch = _resolver.Watch(FakeSource.Target);
        var view = watch.View<EndpointSet>((set, _) => set);
        watch.Dispose();
        _time.Advance(TimeSpan.FromMinutes(2));
        await Eventually.Within(view.GetAsync().AsTask());

        _source.Set(A, B);

        await Eventually.True(() => view.Current!.Endpoints.Length == 2);
        view.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.True(() => _resolver.WatchCount == 0);
        Assert.Throws<ObjectDisposedException>(() => watch.View<EndpointSet>((set, _) => set));
    }

    [Fact]
    public async Task Resolve_uses_the_shared_watch_when_there_is_one_and_starts_none_otherwise()
    {
        _source.Set(A);
        Assert.Equal([A], (await Eventually.Within(_resolver.ResolveAsync(FakeSource.Target).AsTask())).Endpoints);
        Assert.Equal(0, _resolver.WatchCount);
        Assert.Equal(1, _source.Attempts);

        using var watch = _resolver.Watch(FakeSource.Target);
        var shared = await Eventually.Within(watch.GetAsync().AsTask());

        Assert.Same(shared, await Eventually.Within(_resolver.ResolveAsync(FakeSource.Target).AsTask()));
        Assert.Equal(2, _source.Attempts);
    }

    [Fact]
    public async Task Resolve_of_a_broken_source_fails_at_once_with_the_reason()
    {
        _source.Break("the registry is on fire");

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => Eventually.Within(_resolver.ResolveAsync(FakeSource.Target).AsTask()));

        Assert.Contains("the registry is on fire", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_ends_every_watch_and_everyone_who_waits()
    {
        var watch = _resolver.Watch(FakeSource.Target);
        var waiting = watch.GetAsync().AsTask();
        var reading = ReadToEndAsync(watch);

        await Eventually.Within(_resolver.DisposeAsync().AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Eventually.Within(waiting));
        Assert.Equal(0, await Eventually.Within(reading));
        Assert.Equal(0, _source.Open);
        Assert.Equal(0, _time.PendingTimers);
        Assert.Throws<ObjectDisposedException>(() => _resolver.Watch(FakeSource.Target));
        watch.Dispose();
    }

    [Fact]
    public async Task Disposing_without_waiting_can_still_be_waited_for()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.Within(watch.GetAsync().AsTask());

        _resolver.Dispose();
        await Eventually.Within(_resolver.DisposeAsync().AsTask());

        Assert.Equal(0, _source.Open);
        Assert.Equal(0, _resolver.WatchCount);
    }

    [Fact]
    public void A_malformed_target_is_refused_before_anything_starts()
    {
        Assert.Throws<ArgumentException>(() => _resolver.Watch(ServiceTarget.Parse("fake://somewhere")));
        Assert.Equal(0, _resolver.WatchCount);
    }

    [Fact]
    public void Options_out_of_range_are_all_named_at_once()
    {
        var options = new WatchOptions { HoldDownTime = TimeSpan.FromSeconds(-1), HoldDownLossShare = 1.5, Linger = TimeSpan.FromDays(2), FirstSnapshotTimeout = TimeSpan.Zero };

        var error = Assert.Throws<ArgumentException>(() => new ServiceResolver(_source, options));

        foreach (var name in new[] { "HoldDownTime", "HoldDownLossShare", "Linger", "FirstSnapshotTimeout" })
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static async Task<int> ReadToEndAsync(ServiceWatch watch)
    {
        var count = 0;
        await foreach (var _ in watch.ReadAllAsync(TestContext.Current.CancellationToken))
            count++;
        return count;
    }
}
