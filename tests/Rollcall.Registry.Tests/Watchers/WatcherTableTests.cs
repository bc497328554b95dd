using Rollcall.Registry.Watchers;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Watchers;

public sealed class WatcherTableTests : IDisposable
{
    private readonly VirtualTime _time = new(Sample.Now);
    private readonly WatcherTable _table;
    private long _head = 1000;

    public WatcherTableTests() => _table = Table(new WatcherLimits());

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_watcher_is_listed_with_what_it_said()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        using var b = Poll("b", 41);
        using var a = _table.Enter("orders", "a", WatcherKind.Stream, 42, null);
        using var other = _table.Enter("billing", "c", WatcherKind.Poll, 1, null);
        _time.Advance(TimeSpan.FromSeconds(5));
        a.Advance(43);
        var since = Sample.Now.AddSeconds(1);
        Assert.Equal(
            [
                new WatcherInfo("a", WatcherKind.Stream, 43, null, since, since.AddSeconds(5)),
                new WatcherInfo("b", WatcherKind.Poll, 41, "10.0.0.9:5", since, since),
            ],
            _table.GetWatchers("orders"));
        Assert.Equal((2, 1, 0, 3), (_table.Count("orders"), _table.Count("billing"), _table.Count("nobody"), _table.TotalCount));
    }

    [Fact]
    public void A_poll_watcher_stays_between_its_queries_and_has_applied_what_it_named_last()
    {
        for (var revision = 10; revision < 20; revision++)
        {
            Poll("a", revision).Dispose();
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.Equal(revision, Assert.Single(_table.GetWatchers("orders")).Applied);
        }

        Assert.Equal(Sample.Now, Assert.Single(_table.GetWatchers("orders")).Since);
    }

    [Fact]
    public void A_poll_watcher_that_does_not_come_back_is_forgotten_after_a_minute()
    {
        Poll("a", 10).Dispose();
        _time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _table.Count("orders"));
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, _table.Count("orders"));
        Assert.Empty(_table.GetWatchers("orders"));
        Assert.Equal(0, _table.TotalCount);
    }

    [Fact]
    public void A_query_under_way_keeps_its_watcher_however_long_it_takes()
    {
        using var query = Poll("a", 10);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _table.Count("orders"));
    }

    [Theory]
    [InlineData(WatcherKind.Poll)]
    [InlineData(WatcherKind.Stream)]
    public void A_watcher_whose_connection_was_lost_has_two_seconds_to_come_back(WatcherKind kind)
    {
        var first = _table.Enter("orders", "a", kind, 10, null);
        first.Lost();
        first.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, _table.Count("orders"));
        var second = _table.Enter("orders", "a", kind, 11, null);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(11, Assert.Single(_table.GetWatchers("orders")).Applied);
        second.Lost();
        _time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(0, _table.Count("orders"));
    }

    [Fact]
    public void A_connection_lost_between_two_queries_shortens_the_stay_unless_the_watcher_asked_again()
    {
        var answered = Poll("a", 10);
        answered.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        using (Poll("a", 11))
            answered.Lost();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, _table.Count("orders"));

        var last = Poll("a", 12);
        last.Dispose();
        last.Lost();
        last.Lost();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _table.Count("orders"));
    }

    [Fact]
    public void A_stream_watcher_leaves_with_its_request()
    {
        var stream = _table.Enter("orders", "a", WatcherKind.Stream, 10, null);
        stream.Dispose();
        stream.Dispose();
        stream.Advance(11);
        Assert.Equal((0, 0), (_table.Count("orders"), _table.TotalCount));
    }

    [Fact]
    public void Two_requests_under_one_name_have_applied_what_both_have()
    {
        using var behind = Poll("a", 10);
        using var ahead = Poll("a", 12);
        Assert.Equal(10, Assert.Single(_table.GetWatchers("orders")).Applied);
        behind.Dispose();
        using var again = Poll("a", 13);
        Assert.Equal(12, Assert.Single(_table.GetWatchers("orders")).Applied);
    }

    [Fact]
    public void A_revision_from_another_life_of_the_data_counts_as_none()
    {
        using var a = Poll("a", 1001);
        Assert.Equal(0, Assert.Single(_table.GetWatchers("orders")).Applied);
        _head = 1001;
        using var b = Poll("b", 1001);
        Assert.Equal(1001, _table.GetWatchers("orders")[1].Applied);
    }

    [Fact]
    public void A_watcher_of_all_services_is_listed_with_each()
    {
        using var all = _table.Enter(WatcherTable.AllServices, "all", WatcherKind.Stream, 10, null);
        using var own = Poll("own", 10);
        Assert.Equal(["all", "own"], _table.GetWatchers("orders").Select(static w => w.Id));
        Assert.Equal((2, 1, 2), (_table.Count("orders"), _table.Count("billing"), _table.TotalCount));
    }

    [Fact]
    public void Beyond_its_limits_the_table_serves_without_listing()
    {
        using var table = Table(new WatcherLimits { PerService = 2, Total = 3 });
        using var a = table.Enter("orders", "a", WatcherKind.Stream, 1, null);
        using var b = table.Enter("orders", "b", WatcherKind.Stream, 1, null);
        using var refused = table.Enter("orders", "c", WatcherKind.Stream, 1, null);
        using var again = table.Enter("orders", "a", WatcherKind.Stream, 2, null);
        using var d = table.Enter("billing", "d", WatcherKind.Stream, 1, null);
        using var beyondTotal = table.Enter("billing", "e", WatcherKind.Stream, 1, null);
        Assert.True(a.IsTracked && b.IsTracked && again.IsTracked && d.IsTracked);
        Assert.False(refused.IsTracked || beyondTotal.IsTracked);
        refused.Advance(5);
        refused.Lost();
        Assert.Equal((2, 1, 3, 2), (table.Count("orders"), table.Count("billing"), table.TotalCount, table.UntrackedRequests));
        b.Dispose();
        using var room = table.Enter("orders", "c", WatcherKind.Stream, 1, null);
        Assert.True(room.IsTracked);
    }

    [Fact]
    public async Task Services_nobody_watches_any_more_leave_nothing_behind_even_when_new_watchers_race_with_that()
    {
        using var table = Table(new WatcherLimits());
        await Eventually.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (t == 0)
                    _time.Advance(TimeSpan.FromSeconds(15));
                var watcher = table.Enter($"s-{i % 3}", $"w-{t}", WatcherKind.Stream, 1, null);
                Assert.InRange(table.Count($"s-{i % 3}"), 1, 4);
                watcher.Dispose();
            }
        }))));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal((0, 0), (table.TotalCount, table.ServiceCount));
    }

    [Fact]
    public void Who_comes_between_the_drop_of_a_service_and_its_removal_is_listed()
    {
        Assert.True(_table.Watchers("orders").TryDrop());
        using var late = Poll("late", 10);
        Assert.Equal("late", Assert.Single(_table.GetWatchers("orders")).Id);
    }

    private WatcherHandle Poll(string id, long applied) => _table.Enter("orders", id, WatcherKind.Poll, applied, "10.0.0.9:5");

    private WatcherTable Table(WatcherLimits limits) => new(_time, () => _head, limits);
}
