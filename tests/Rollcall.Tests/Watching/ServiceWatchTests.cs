using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKit.Telemetry;
using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class ServiceWatchTests : IAsyncDisposable
{
    private static readonly Endpoint A = new("a", "10.0.0.1", 80);
    private static readonly Endpoint B = new("b", "10.0.0.2", 80);
    private static readonly Endpoint C = new("c", "10.0.0.3", 80);

    private readonly VirtualTime _time = new();
    private readonly FakeSource _source;
    private readonly LogRecorder<ServiceResolver> _log = new();
    private readonly ServiceResolver _resolver;

    public ServiceWatchTests()
    {
        _source = new FakeSource(_time);
        _resolver = new ServiceResolver(_source, time: _time, random: new Random(1), logger: _log);
    }

    public ValueTask DisposeAsync() => _resolver.DisposeAsync();

    [Fact]
    public async Task ReadAll_gives_state_first_and_then_changes()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        await using var reader = watch.ReadAllAsync().GetAsyncEnumerator();

        Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        Assert.Equal([A], reader.Current.Endpoints);
        _source.Set(A, B);
        Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        Assert.Equal([A, B], reader.Current.Endpoints);
    }

    [Fact]
    public async Task A_fallback_is_shown_as_one()
    {
        _source.Set(Freshness.Fallback("slices are not served"), A);
        using var watch = _resolver.Watch(FakeSource.Target);

        Assert.Equal(Freshness.Fallback("slices are not served"), (await Eventually.Within(watch.GetAsync().AsTask())).Freshness);
        Assert.Equal(Freshness.Fallback("slices are not served"), (await _source.DiscoverAsync(FakeSource.Target, CancellationToken.None)).Freshness);
    }

    [Fact]
    public async Task ReadAll_that_is_slow_gets_the_newest_next()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        await using var reader = watch.ReadAllAsync().GetAsyncEnumerator();
        await Eventually.Within(reader.MoveNextAsync().AsTask());
        for (var weight = 1; weight <= 50; weight++)
        {
            _source.Set(A with { Weight = weight });
            await Eventually.True(() => watch.Current!.Endpoints[0].Weight == weight);
        }

        await Eventually.Within(reader.MoveNextAsync().AsTask());

        Assert.Equal(50, reader.Current.Endpoints[0].Weight);
    }

    [Fact]
    public async Task ReadAll_ends_when_cancelled()
    {
        using var watch = _resolver.Watch(FakeSource.Target);
        using var cancel = new CancellationTokenSource();
        await using var reader = watch.ReadAllAsync(cancel.Token).GetAsyncEnumerator();
        var next = reader.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(next));
    }

    [Fact]
    public async Task A_view_is_computed_once_per_change_from_the_value_before()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        using var view = watch.View<ImmutableList<int>>((set, before) => (before ?? []).Add(set.Endpoints.Length));
        await Eventually.Within(view.GetAsync().AsTask());

        _source.Set(A, B);
        await Eventually.True(() => view.Current!.Count == 2);
        _source.Set(A, B);
        _source.Set(A, B, C);
        await Eventually.True(() => view.Current!.Contains(3));

        Assert.Equal([1, 2, 3], view.Current!);
    }

    [Fact]
    public async Task A_view_of_a_watch_that_has_its_state_gets_it_although_the_source_is_silent()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.Within(watch.GetAsync().AsTask());

        using var view = watch.View<EndpointSet>((set, _) => set);

        Assert.Same(watch.Current, await Eventually.Within(view.GetAsync().AsTask()));
    }

    [Fact]
    public async Task A_view_that_is_disposed_follows_no_more()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        var view = watch.View<EndpointSet>((set, _) => set);
        using var other = watch.View<EndpointSet>((set, _) => set);
        await Eventually.Within(view.GetAsync().AsTask());
        view.Dispose();

        _source.Set(A, B);
        await Eventually.True(() => other.Current!.Endpoints.Length == 2);

        Assert.Single(view.Current!.Endpoints);
    }

    [Fact]
    public async Task The_source_is_asked_for_more_only_after_every_view_has_applied_what_it_said()
    {
        var source = new StepSource();
        await using var resolver = new ServiceResolver(source, time: _time);
        using var watch = resolver.Watch(StepSource.Target);
        using var first = watch.View<EndpointSet>((set, _) => set);
        using var second = watch.View<EndpointSet>((set, _) =>
        {
            Thread.SpinWait(20_000);
            return set;
        });
        await Eventually.Within(second.GetAsync().AsTask());
        // From here on both views follow; what they show when the source is asked again is what it will take for applied.
        source.Applied = () => (first.Current!.Endpoints[0].Weight, second.Current!.Endpoints[0].Weight);

        await Eventually.True(() => source.Checked > 50);

        Assert.Equal(0, source.Violations);
    }

    [Fact]
    public async Task A_projection_that_throws_keeps_its_value_is_logged_and_harms_nobody_else()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        using var bad = watch.View<EndpointSet>((set, _) => set.Endpoints.Length == 2 ? throw new InvalidOperationException("two is too many") : set);
        using var good = watch.View<EndpointSet>((set, _) => set);
        await Eventually.Within(bad.GetAsync().AsTask());

        _source.Set(A, B);
        await Eventually.True(() => good.Current!.Endpoints.Length == 2);
        Assert.Single(bad.Current!.Endpoints);
        _source.Set(A, B, C);
        await Eventually.True(() => bad.Current!.Endpoints.Length == 3);

        Assert.Single(_log.Of(LogLevel.Error), static line => line.Contains("revision 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_projection_that_never_succeeds_is_named_by_whoever_waits_for_it()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        using var view = watch.View<EndpointSet>((_, _) => throw new InvalidOperationException("nothing suits me"));
        await Eventually.Within(watch.GetAsync().AsTask());
        var waiting = view.GetAsync().AsTask();

        await _time.AdvanceUntilAsync(() => waiting.IsCompleted, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => waiting);
        Assert.Contains("nothing suits me", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_that_empties_at_once_is_held_down_and_then_believed()
    {
        _source.Set(A, B);
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.Within(watch.GetAsync().AsTask());

        _source.Set();
        await Eventually.True(() => !watch.Current!.Freshness.IsLive);
        Assert.Equal([A, B], watch.Current!.Endpoints);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Yield();
        Assert.Equal([A, B], watch.Current.Endpoints);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        await Eventually.True(() => watch.Current.Freshness.IsLive);
        Assert.Empty(watch.Current.Endpoints);
        Assert.Equal(3, watch.Current.Revision);
    }

    [Fact]
    public async Task An_outage_is_logged_once_on_the_way_down_and_once_on_the_way_up()
    {
        _source.Set(A);
        using var watch = _resolver.Watch(FakeSource.Target);
        await Eventually.Within(watch.GetAsync().AsTask());

        _source.Break("connection refused");
        await Eventually.True(() => !watch.Current!.Freshness.IsLive);
        await _time.AdvanceUntilAsync(() => _source.Attempts > 8, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        _source.Heal();
        await _time.AdvanceUntilAsync(() => watch.Current!.Freshness.IsLive, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        Assert.Single(_log.Of(LogLevel.Warning), static line => line.Contains("connection refused", StringComparison.Ordinal));
        await Eventually.True(() => _log.Of(LogLevel.Information).Count() == 1);
    }

    [Fact]
    public async Task An_outage_before_the_first_state_is_logged_once()
    {
        _source.Break("connection refused");
        using var watch = _resolver.Watch(FakeSource.Target);

        await _time.AdvanceUntilAsync(() => _source.Attempts > 8, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        Assert.Single(_log.Of(LogLevel.Warning), static line => line.Contains("connection refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_breaks_the_laws_is_made_lawful()
    {
        var source = new LawlessSource();
        await using var resolver = new ServiceResolver(source, time: _time, random: new Random(1));
        using var watch = resolver.Watch(LawlessSource.Target);
        using var view = watch.View<ImmutableList<EndpointSet>>((set, before) => (before ?? []).Add(set));

        await _time.AdvanceUntilAsync(() => source.Attempts > 5, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        var seen = view.Current!;

        // It throws after each snapshot, begins at revision 7 each time, and is in no order.
        Assert.Equal(FreshnessKind.Stale, seen[1].Freshness.Kind);
        Assert.All(seen.Zip(seen.Skip(1)), static pair => Assert.True(pair.Second.Revision > pair.First.Revision && !pair.Second.SameContent(pair.First)));
        Assert.All(seen, static set => Assert.Equal(["a", "b"], set.Endpoints.Select(static endpoint => endpoint.Id)));
    }

    [Fact]
    public async Task Metrics_are_recorded_with_their_units_and_tags()
    {
        using var meters = new MeterRecorder();
        await using (var resolver = new ServiceResolver(_source, time: _time, random: new Random(1), meters: meters))
        {
            _source.Set(A);
            using var watch = resolver.Watch(FakeSource.Target);
            using var bad = watch.View<object>((_, _) => throw new InvalidOperationException("no"));
            await Eventually.Within(watch.GetAsync().AsTask());
            _source.Break();
            await Eventually.True(() => !watch.Current!.Freshness.IsLive);
            _time.Advance(TimeSpan.FromSeconds(30));
            meters.Collect();
            await Eventually.True(() => meters.Sum("rollcall.source.failures", "rollcall.scheme=fake") >= 1);
            Assert.Equal(1, meters.Sum("rollcall.watch.active", "rollcall.scheme=fake"));
            Assert.Equal(30, meters.Sum("rollcall.watch.snapshot.age", "rollcall.scheme=fake"), 0.1);
            await Eventually.True(() => meters.Sum("rollcall.watch.projection.failures", "rollcall.scheme=fake") == 2);
            Assert.Equal(1, meters.Sum("rollcall.watch.snapshots", "rollcall.scheme=fake,rollcall.freshness=live"));
            Assert.Equal(1, meters.Sum("rollcall.watch.snapshots", "rollcall.scheme=fake,rollcall.freshness=stale"));
        }

        Assert.Equal(0, meters.Sum("rollcall.watch.active", "rollcall.scheme=fake"));
        Assert.Equal("s", meters.Unit("rollcall.watch.snapshot.age"));
        Assert.Equal("{snapshot}", meters.Unit("rollcall.watch.snapshots"));
        Assert.Equal("{watch}", meters.Unit("rollcall.watch.active"));
        Assert.Equal("{attempt}", meters.Unit("rollcall.source.failures"));
    }

    [Fact]
    public async Task A_fallback_that_is_current_has_no_age()
    {
        using var meters = new MeterRecorder();
        await using var resolver = new ServiceResolver(_source, time: _time, random: new Random(1), meters: meters);
        _source.Set(Freshness.Fallback("slices are not served"), A);
        using var watch = resolver.Watch(FakeSource.Target);
        await Eventually.Within(watch.GetAsync().AsTask());

        _time.Advance(TimeSpan.FromSeconds(30));
        meters.Collect();

        Assert.Equal(0, meters.Sum("rollcall.watch.snapshot.age", "rollcall.scheme=fake"));
    }
}
