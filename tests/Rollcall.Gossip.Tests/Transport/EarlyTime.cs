namespace Rollcall.Gossip.Tests.Transport;

/// <summary>The system's clock with timers that come too early: at half of their time.</summary>
internal sealed class EarlyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new EarlyTimer(System.CreateTimer(callback, state, Early(dueTime), period));

    private static TimeSpan Early(TimeSpan due) => due > TimeSpan.Zero ? due / 2 : due;

    private sealed class EarlyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Early(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
