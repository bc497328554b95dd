using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class RetryStateTests
{
    private static readonly ServiceTarget Target = ServiceTarget.Parse("fake:///orders");
    private static readonly Endpoint A = new("a", "10.0.0.1", 80);
    private static readonly Endpoint B = new("b", "10.0.0.2", 80);

    private readonly RetryState _state = new(Target, Backoff.Default, new Random(1));

    /// <summary>One line per event: <c>a b</c> is a reading, <c>!</c> a failure. What comes out: revision, endpoints, <c>?</c> when stale; <c>.</c> is nothing.</summary>
    [Theory]
    [InlineData("a", "1 a")]
    [InlineData("a,a", "1 a,.")]
    [InlineData("a b,b a", "1 a b,.")] // order is no news
    [InlineData("a,b,a", "1 a,2 b,3 a")]
    [InlineData("!,!,a", ".,.,1 a")] // nothing to mark stale
    [InlineData("a,!,!,!,a", "1 a,2 a?,.,.,3 a")] // once down, once up, though nothing changed
    [InlineData("a,!,b", "1 a,2 a?,3 b")]
    [InlineData("a,!,a,!,a", "1 a,2 a?,3 a,4 a?,5 a")]
    [InlineData(",!,", "1 ,2 ?,3 ")] // absent is a state as any other
    public void Transcript(string events, string expected)
    {
        var lines = new List<string>();
        foreach (var item in events.Split(','))
        {
            var snapshot = item == "!" ? _state.OnFailure("broken").Snapshot : _state.OnReading(Reading(item));
            lines.Add(snapshot is null
                ? "."
                : $"{snapshot.Revision} {string.Join(' ', snapshot.Endpoints.Select(static endpoint => endpoint.Id))}{(snapshot.Freshness.IsLive ? "" : "?")}");
        }

        Assert.Equal(expected, string.Join(',', lines));
    }

    [Fact]
    public void A_stale_snapshot_has_the_reason_and_the_time_of_the_last_good_reading()
    {
        _state.OnReading(new Reading([A], DateTimeOffset.UnixEpoch, Freshness.Live));

        var stale = _state.OnFailure("connection refused").Snapshot!;

        Assert.Equal(Freshness.Stale("connection refused"), stale.Freshness);
        Assert.Equal(DateTimeOffset.UnixEpoch, stale.ObservedAt);
    }

    [Fact]
    public void Delays_grow_with_each_failure_in_a_row_up_to_the_cap_and_begin_again_after_success()
    {
        for (var failures = 1; failures <= 20; failures++)
            Assert.InRange(_state.OnFailure("broken").Delay, TimeSpan.Zero, Backoff.Default.Ceiling(failures));
        _state.OnReading(Reading("a"));
        Assert.InRange(_state.OnFailure("broken").Delay, TimeSpan.Zero, Backoff.Default.Ceiling(1));
    }

    [Fact]
    public void An_id_named_twice_is_a_failure_that_names_it()
    {
        var error = Assert.Throws<DiscoveryException>(() => _state.OnReading(new Reading([A, B, A with { Host = "10.0.0.9" }], default, Freshness.Live)));
        Assert.Contains("'a' twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_list_at_all_is_a_failure() =>
        Assert.Throws<DiscoveryException>(() => _state.OnReading(new Reading(default, default, Freshness.Live)));

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(6, 3200)]
    [InlineData(7, 5000)]
    [InlineData(1000, 5000)]
    public void Ceiling_doubles_up_to_the_cap(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.Default.Ceiling(failures));

    [Fact]
    public void Jitter_is_full()
    {
        var random = new Random(1);
        var delays = Enumerable.Range(0, 10_000).Select(_ => Backoff.Default.Delay(4, random).TotalMilliseconds).ToArray();
        Assert.InRange(delays.Min(), 0, 10);
        Assert.InRange(delays.Max(), 790, 800);
        Assert.InRange(delays.Average(), 380, 420);
    }

    private static Reading Reading(string ids) => new(
        [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => new Endpoint(id, "10.0.0.1", 80))], DateTimeOffset.UnixEpoch, Freshness.Live);
}
