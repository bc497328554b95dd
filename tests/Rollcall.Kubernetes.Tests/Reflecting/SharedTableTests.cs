using Rollcall.Kubernetes.Reflecting;
using Rollcall.TestKit;

namespace Rollcall.Kubernetes.Tests.Reflecting;

public sealed class SharedTableTests
{
    private readonly VirtualTime _time = new();
    private readonly List<Value> _made = [];

    [Fact]
    public async Task A_value_is_made_once_shared_and_ended_a_while_after_its_last_user()
    {
        await using var table = Table(TimeSpan.FromSeconds(10));
        var one = table.Acquire("a", Make);
        var two = table.Acquire("a", Make);
        Assert.Same(one.Value, two.Value);
        await one.DisposeAsync();
        await one.DisposeAsync(); // twice is once
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(two.Value.IsEnded);

        await two.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(9));
        var late = table.Acquire("a", Make); // the late caller takes what is there
        Assert.Same(one.Value, late.Value);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(late.Value.IsEnded);

        await late.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.True(() => late.Value.IsEnded);
        await using var next = table.Acquire("a", Make);
        Assert.Equal(2, _made.Count);
    }

    [Fact]
    public async Task Without_linger_it_has_ended_when_the_last_user_has_given_it_back()
    {
        await using var table = Table(TimeSpan.Zero);
        var lease = table.Acquire("a", Make);
        await lease.DisposeAsync();
        Assert.True(lease.Value.IsEnded);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task What_could_not_be_made_is_tried_anew_by_the_next()
    {
        await using var table = Table(TimeSpan.FromSeconds(10));
        Assert.Throws<DiscoveryException>(() => table.Acquire("a", static () => throw new DiscoveryException("no")));
        await using var lease = table.Acquire("a", Make);
        Assert.Single(_made);
    }

    [Fact]
    public async Task The_end_of_the_table_ends_everything_and_refuses_newcomers()
    {
        var table = Table(TimeSpan.FromSeconds(10));
        var used = table.Acquire("a", Make);
        var lingering = table.Acquire("b", Make);
        await lingering.DisposeAsync();

        await table.DisposeAsync();

        Assert.All(_made, static value => Assert.True(value.IsEnded));
        Assert.Equal(0, _time.PendingTimers);
        Assert.Throws<ObjectDisposedException>(() => table.Acquire("c", Make));
        await used.DisposeAsync(); // too late to matter
        Assert.Equal(1, used.Value.Ends);
    }

    [Fact]
    public async Task A_timer_that_fires_just_as_somebody_comes_ends_nothing()
    {
        var time = new LateTimers();
        await using var table = new SharedTable<string, Value>(TimeSpan.FromSeconds(10), time);
        await table.Acquire("a", Make).DisposeAsync();
        await using var lease = table.Acquire("a", Make);

        time.Fire!();

        await using var second = table.Acquire("a", Make);
        Assert.Same(lease.Value, second.Value);
        Assert.False(lease.Value.IsEnded);
    }

    [Fact]
    public async Task Many_who_come_and_go_share_one_value_at_a_time()
    {
        await using var table = Table(TimeSpan.Zero);
        var alive = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (_, _) =>
        {
            await using var lease = table.Acquire("a", Make);
            Assert.False(lease.Value.IsEnded);
            Interlocked.Increment(ref alive);
        });
        Assert.Equal(2000, alive);
        Assert.All(_made, static value => Assert.Equal(1, value.Ends));
    }

    private SharedTable<string, Value> Table(TimeSpan linger) => new(linger, _time);

    private Value Make()
    {
        var value = new Value();
        lock (_made)
            _made.Add(value);
        return value;
    }

    // Its timers fire when told to, though they were disposed of.
    private sealed class LateTimers : TimeProvider
    {
        public Action? Fire { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Fire = () => callback(state);
            return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Value : IAsyncDisposable
    {
        private int _ends;

        public int Ends => _ends;

        public bool IsEnded => Volatile.Read(ref _ends) > 0;

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref _ends);
            return ValueTask.CompletedTask;
        }
    }
}
