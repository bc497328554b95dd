using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Watching;

namespace Rollcall.Tests.Watching;

public sealed class WatchTableTests : IAsyncDisposable
{
    private readonly CapturedTimers _time = new();
    private readonly WatchTable _table;

    public WatchTableTests()
    {
        var metrics = new WatchMetrics(null, static () => []);
        var context = new WatchContext(new FakeSource(), new WatchOptions(), TimeProvider.System, new Random(1), NullLogger.Instance, metrics);
        _table = new WatchTable(target => new SharedWatch(target, context), TimeSpan.FromMinutes(1), _time);
    }

    public ValueTask DisposeAsync() => _table.DisposeAsync();

    [Fact]
    public async Task A_timer_that_fires_late_does_not_end_a_watch_that_was_used_meanwhile()
    {
        var watch = _table.Acquire(FakeSource.Target);
        _table.Release(watch);
        _time.Advance(TimeSpan.FromSeconds(60));
        // The callback is on its way, but someone is quicker, and gone again.
        Assert.Same(watch, _table.Acquire(FakeSource.Target));
        _table.Release(watch);

        _time.Fire();

        Assert.False(watch.Stopped.IsCancellationRequested);
        Assert.Equal(TimeSpan.FromMinutes(1), _time.Due);

        _time.Advance(TimeSpan.FromSeconds(60));
        _time.Fire();
        await Eventually.Within(watch.Ended);
    }

    [Fact]
    public void A_timer_that_fires_while_someone_is_back_does_nothing()
    {
        var watch = _table.Acquire(FakeSource.Target);
        _table.Release(watch);
        _time.Advance(TimeSpan.FromSeconds(60));
        _table.Acquire(FakeSource.Target);

        _time.Fire();

        Assert.False(watch.Stopped.IsCancellationRequested);
    }

    [Fact]
    public async Task A_reference_given_back_after_the_end_is_ignored()
    {
        var watch = _table.Acquire(FakeSource.Target);
        _table.Release(watch);
        _time.Advance(TimeSpan.FromSeconds(60));
        _time.Fire();
        await Eventually.Within(watch.Ended);

        var next = _table.Acquire(FakeSource.Target);
        _table.Release(watch);

        Assert.NotSame(watch, next);
        Assert.False(next.Stopped.IsCancellationRequested);
        Assert.Throws<ObjectDisposedException>(() => _table.AcquireAgain(watch));
    }

    // Timers that fire only when told to, so that a test can place the callback anywhere.
    private sealed class CapturedTimers : TimeProvider
    {
        private readonly VirtualTime _time = new();
        private Action? _callback;

        public TimeSpan Due { get; private set; }

        public void Advance(TimeSpan by) => _time.Advance(by);

        public void Fire() => _callback!();

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override long GetTimestamp() => _time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = () => callback(state);
            return new Timer(this);
        }

        private sealed class Timer(CapturedTimers owner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                owner.Due = dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
