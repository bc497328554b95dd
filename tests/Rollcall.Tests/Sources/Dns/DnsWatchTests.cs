using Rollcall.Sources.Dns;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>When names are looked up again, and who shares a lookup with whom.</summary>
public sealed class DnsWatchTests : IAsyncDisposable
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("dns:///orders.test:80?family=ipv4");

    private readonly DnsWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(0u, 5, 5.5)] // the floor, and a tenth of jitter
    [InlineData(1u, 5, 5.5)]
    [InlineData(5u, 5, 5.5)]
    [InlineData(20u, 18, 20)]
    [InlineData(30u, 27, 30)]
    [InlineData(86400u, 27, 30)] // the ceiling
    public async Task A_name_is_looked_up_again_when_its_ttl_ends_within_bounds(uint ttl, double earliest, double latest)
    {
        Set(0);
        await using var watch = new WatchRecorder(_world.Source(), Orders);
        for (var i = 1; i <= 3; i++)
        {
            await Eventually.True(() => watch.Seen.Length == i);
            Set(i);
            await AssertNextQuestionAsync(earliest, latest);
        }

        void Set(int i) => _world.Server.Set(ZoneRecord.Address("orders.test", $"10.0.0.{i}", ttl), ZoneRecord.Address("orders.test", "10.0.1.1", 86400));
    }

    [Theory]
    [InlineData(20u, 3600u, 18, 20)]
    [InlineData(3600u, 20u, 18, 20)]
    public async Task That_there_is_none_holds_as_long_as_the_zone_says(uint minimum, uint ttl, double earliest, double latest)
    {
        _world.Server.Set(ZoneRecord.Start("test", minimum, ttl));
        await using var watch = new WatchRecorder(_world.Source(), Orders);
        await Eventually.True(() => watch.Last is not null);

        await AssertNextQuestionAsync(earliest, latest);
    }

    [Fact]
    public async Task Watches_do_not_come_back_in_step()
    {
        var names = Enumerable.Range(0, 20).Select(static i => $"orders-{i}.test").ToArray();
        _world.Server.Set(names.Select(static name => ZoneRecord.Address(name, "10.0.0.1", 30)));
        var source = _world.Source();
        var watches = names.Select(name => new WatchRecorder(source, ServiceTarget.Parse($"dns:///{name}:80?family=ipv4"))).ToArray();
        await Eventually.True(() => watches.All(static watch => watch.Last is not null));

        _world.Time.Advance(TimeSpan.FromSeconds(28.5));
        await Eventually.True(() => _world.Server.Questions.Count > 22);
        Assert.InRange(_world.Server.Questions.Count, 23, 38);

        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    [Fact]
    public async Task The_order_of_addresses_is_no_change()
    {
        ZoneRecord[] records = [ZoneRecord.Address("orders.test", "10.0.0.1"), ZoneRecord.Address("orders.test", "10.0.0.2")];
        _world.Server.Set(records);
        await using var watch = new WatchRecorder(_world.Source(), Orders);
        await Eventually.True(() => watch.Last is not null);

        _world.Server.Set(records.Reverse());
        await AssertNextQuestionAsync(5, 5.5);
        _world.Server.Set(records[0]);
        await Until(() => watch.Last!.Endpoints.Length == 1);

        Assert.Equal(2, watch.Seen.Length);
    }

    [Fact]
    public async Task A_hint_is_followed_at_once_and_at_most_once_a_second()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        var source = _world.Source();
        await using var watch = new WatchRecorder(source, Orders);
        await Eventually.True(() => watch.Last is not null);
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.2", 3600));
        await Eventually.True(() => _world.Time.PendingTimers == 1);
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        source.Refresh(ServiceTarget.Parse("dns:///pay.test:80"));
        source.Refresh(Orders);
        await Eventually.True(() => watch.Last!.Endpoints is [{ Host: "10.0.0.2" }]);
        Assert.Equal(2, _world.Server.Questions.Count);

        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.3", 3600));
        for (var i = 0; i < 100; i++)
            source.Refresh(Orders);
        await AssertNextQuestionAsync(1, 1);

        // All hundred are answered by that.
        await Eventually.True(() => watch.Last!.Endpoints is [{ Host: "10.0.0.3" }]);
        _world.Time.Advance(TimeSpan.FromSeconds(3));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.Equal(3, _world.Server.Questions.Count);
    }

    [Fact]
    public async Task Errors_are_retried_with_pauses_that_grow_to_five_minutes()
    {
        _world.Server.Behave(FakeDnsMode.ServerFailure);
        await using var watch = new WatchRecorder(_world.Source(), Orders);
        await Eventually.True(() => _world.Server.Questions.Count == 2);

        // Two questions an attempt, if the clock does not leap over all the time that a lookup may take. The pauses are drawn evenly from 0 to 1 s, 2 s, 4 s … 256 s, 300 s, and 300 s from there on.
        var pauses = new List<TimeSpan>();
        while (pauses.Count < 20)
        {
            var (from, before) = (_world.Time.GetUtcNow(), _world.Server.Questions.Count);
            await _world.Time.AdvanceUntilAsync(
                () => _world.Server.Questions.Count == before + 2, pauses.Count < 8 ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(340));
            pauses.Add(_world.Time.GetUtcNow() - from);
        }

        Assert.All(pauses.Take(4), static pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(9)));
        Assert.Contains(pauses, static pause => pause > TimeSpan.FromMinutes(3));
        Assert.Empty(watch.Seen);
    }

    [Fact]
    public async Task A_hint_ends_the_pause_after_errors_but_not_more_than_once_a_second()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        var source = _world.Source();
        await using var watch = new WatchRecorder(source, Orders);
        await Eventually.True(() => watch.Last is not null);
        _world.Server.Behave(FakeDnsMode.ServerFailure);
        await _world.Time.AdvanceUntilAsync(() => _world.Server.Questions.Count >= 1 + 24, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));

        // Twelve attempts have failed: pauses are drawn from 0 to 5 min. Hints come again and again, as callers give them.
        var (before, until) = (_world.Server.Questions.Count, _world.Time.GetUtcNow() + TimeSpan.FromSeconds(10));
        await HintUntilAsync(() => _world.Time.GetUtcNow() >= until);
        Assert.InRange((_world.Server.Questions.Count - before) / 2, 6, 10);
        Assert.Equal(2, watch.Seen.Length);

        _world.Server.Behave(FakeDnsMode.Healthy);
        await HintUntilAsync(() => watch.Last!.Freshness.IsLive);
        Assert.Equal(3, watch.Seen.Length);

        Task HintUntilAsync(Func<bool> condition) => _world.Time.AdvanceUntilAsync(
            () =>
            {
                source.Refresh(Orders);
                return condition();
            },
            TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task A_watch_that_ends_in_the_pause_after_errors_leaves_no_timer()
    {
        _world.Server.Behave(FakeDnsMode.ServerFailure);
        var watch = new WatchRecorder(_world.Source(), Orders);
        await Eventually.True(() => _world.Server.Questions.Count == 2 && _world.Time.PendingTimers == 1);

        await watch.DisposeAsync();

        Assert.Equal(0, _world.Time.PendingTimers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_asked_earlier_and_told_later_does_not_replace_what_is_newer(bool fails)
    {
        var source = _world.Source(options => options.QueryTimeout = TimeSpan.FromMinutes(1));
        var key = DnsTarget.Parse(Orders, DnsAddressFamily.Any).Addresses!;
        _world.Server.Behave(fails ? FakeDnsMode.Garbage : FakeDnsMode.Healthy, TimeSpan.FromSeconds(10));
        var slow = source.Cache.GetAsync(key, long.MinValue, CancellationToken.None).AsTask();
        await Eventually.True(() => _world.Server.Questions.Count == 1 && _world.Time.PendingTimers == 2);
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        _world.Server.Behave(FakeDnsMode.Healthy);
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.2", 3600));
        var newer = await source.Cache.GetAsync(key, _world.Time.GetTimestamp(), CancellationToken.None);
        _world.Server.Behave(fails ? FakeDnsMode.Garbage : FakeDnsMode.Healthy);
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        _world.Time.Advance(TimeSpan.FromSeconds(9));
        await ((Task)slow).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.Equal(fails, slow.IsFaulted);
        Assert.Same(newer, await source.Cache.GetAsync(key, long.MinValue, CancellationToken.None));
    }

    [Fact]
    public async Task Everyone_who_asks_the_same_shares_one_question()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        _world.Server.Behave(FakeDnsMode.Healthy, TimeSpan.FromSeconds(1));
        var source = _world.Source();
        var sets = Enumerable.Range(0, 20).Select(i => source.DiscoverAsync(ServiceTarget.Parse($"dns:///orders.test:{8000 + i}?family=ipv4"), CancellationToken.None).AsTask()).ToArray();

        Assert.All(await _world.CompletesAsync(Task.WhenAll(sets)), static set => Assert.Single(set.Endpoints));
        Assert.Single(await _world.DiscoverAsync("dns:///orders.test:81?family=ipv4", source));
        await using var watch = new WatchRecorder(source, Orders);
        await Eventually.True(() => watch.Last is not null);

        Assert.Single(_world.Server.Questions);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_question_to_the_others_and_the_last_ends_it()
    {
        _world.Server.Behave(FakeDnsMode.Drop);
        var source = _world.Source(options => options.QueryTimeout = TimeSpan.FromMinutes(1));
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var one = source.DiscoverAsync(Orders, first.Token).AsTask();
        var two = source.DiscoverAsync(Orders, second.Token).AsTask();
        await Eventually.True(() => _world.Server.Questions.Count == 1);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(two.IsCompleted);
        Assert.Equal(1, _world.Time.PendingTimers);

        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        Assert.Equal(0, _world.Time.PendingTimers);

        // And the next one asks anew.
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1"));
        _world.Server.Behave(FakeDnsMode.Healthy);
        Assert.Single(await _world.DiscoverAsync(Orders.ToString(), source));
    }

    [Fact]
    public async Task A_failure_takes_what_was_known_along()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        var source = _world.Source();
        await using var watch = new WatchRecorder(source, Orders);
        await Eventually.True(() => watch.Last is not null);
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        _world.Server.Behave(FakeDnsMode.ServerFailure);
        source.Refresh(Orders);
        await Eventually.True(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);

        Assert.Contains("SERVFAIL", await _world.FailureAsync(Orders.ToString(), source), StringComparison.Ordinal);
        Assert.Equal(2, watch.Seen.Length);
    }

    [Fact]
    public async Task What_could_not_be_asked_is_asked_again_as_soon_as_may_be()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600), ZoneRecord.Address("orders.test", "2001:db8::1", 3600));
        _world.Server.Behave(static question => question.Type == ZoneRecord.Aaaa ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);
        await using var watch = new WatchRecorder(_world.Source(), ServiceTarget.Parse("dns:///orders.test:80"));
        await Eventually.True(() => watch.Last is not null);
        Assert.Equal(FreshnessKind.Fallback, watch.Last!.Freshness.Kind);
        var from = _world.Time.GetUtcNow();

        _world.Server.Behave(FakeDnsMode.Healthy);
        await Until(() => watch.Last.Freshness.IsLive);

        Assert.Equal(2, watch.Last.Endpoints.Length);
        Assert.InRange((_world.Time.GetUtcNow() - from).TotalSeconds, 5, 6.5);
    }

    [Fact]
    public async Task A_bounded_number_of_names_is_kept()
    {
        await File.WriteAllTextAsync(_world.HostsPath, string.Concat(Enumerable.Range(0, LookupCache.MaxEntries + 10).Select(static i => $"10.0.0.1 orders-{i}\n")));
        var source = _world.Source();
        for (var i = 0; i < LookupCache.MaxEntries; i++)
            await source.DiscoverAsync(ServiceTarget.Parse($"dns:///orders-{i}:80"), CancellationToken.None);
        Assert.Equal(LookupCache.MaxEntries, source.Cache.Count);

        await source.DiscoverAsync(ServiceTarget.Parse($"dns:///orders-{LookupCache.MaxEntries}:80"), CancellationToken.None);

        Assert.Equal(1, source.Cache.Count);
    }

    [Fact]
    public async Task What_is_known_is_told_without_allocating()
    {
        _world.Server.Set(ZoneRecord.Address("orders.test", "10.0.0.1", 3600));
        var source = _world.Source();
        var key = DnsTarget.Parse(Orders, DnsAddressFamily.Any).Addresses!;
        await _world.CompletesAsync(source.Cache.GetAsync(key, long.MinValue, CancellationToken.None).AsTask());

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var known = source.Cache.GetAsync(key, long.MinValue, CancellationToken.None);
                Assert.True(known.IsCompletedSuccessfully);
            }
        }));
    }

    // No sooner and no later, by the clock of the source. What was asked before has been answered, so the one timer is that of the wait.
    private async Task AssertNextQuestionAsync(double earliest, double latest)
    {
        var before = _world.Server.Questions.Count;
        await Eventually.True(() => _world.Time.PendingTimers == 1);
        _world.Time.Advance(TimeSpan.FromSeconds(earliest - 0.01));
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        Assert.Equal(before, _world.Server.Questions.Count);
        // Not in one go: a clock that leaps would end the question's own timeout with it.
        await _world.Time.AdvanceUntilAsync(() => _world.Server.Questions.Count > before, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(latest - earliest + 0.1));
        Assert.Equal(before + 1, _world.Server.Questions.Count);
    }

    private Task Until(Func<bool> condition) => _world.Time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(2));
}
