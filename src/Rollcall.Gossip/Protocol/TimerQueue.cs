using System.Runtime.InteropServices;

namespace Rollcall.Gossip.Protocol;

internal enum TimerKind : byte
{
    Probe,
    ProbeTimeout,
    ProbeEnd,
    Relay,
    Suspicion,
    Gossip,
    PushPull,
    Reconnect,
    NameFree,
}

/// <summary>Something to look at when its time has come. What it is about may be long over by then: timers are not stopped, they find nothing to do.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DueTimer(long Due, TimerKind Kind, uint Key)
{
    /// <summary>It measures how long somebody else takes, so the time this node itself was not run does not count.</summary>
    public bool MeasuresOthers => Kind is TimerKind.ProbeTimeout or TimerKind.ProbeEnd or TimerKind.Relay or TimerKind.Suspicion;
}

/// <summary>The timers of a node in a binary heap; equal times come in the order they were set.</summary>
internal sealed class TimerQueue
{
    public const long Never = long.MaxValue;

    private (DueTimer Timer, long Order)[] _heap = new (DueTimer, long)[8];
    private long _set;

    public int Count { get; private set; }

    public long Next => Count == 0 ? Never : _heap[0].Timer.Due;

    public void Set(TimerKind kind, long due, uint key = 0)
    {
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        _heap[Count] = (new(due, kind, key), _set++);
        Raise(Count++);
    }

    public bool TryTake(long now, out DueTimer timer)
    {
        if (Next > now)
        {
            timer = default;
            return false;
        }

        timer = _heap[0].Timer;
        _heap[0] = _heap[--Count];
        Sink(0);
        return true;
    }

    /// <summary>Puts off every timer that <see cref="DueTimer.MeasuresOthers"/>.</summary>
    public void PutOff(long by)
    {
        for (var at = 0; at < Count; at++)
        {
            if (_heap[at].Timer.MeasuresOthers)
                _heap[at].Timer = _heap[at].Timer with { Due = _heap[at].Timer.Due + by };
        }

        for (var at = (Count / 2) - 1; at >= 0; at--)
            Sink(at);
    }

    private bool Before(int a, int b)
    {
        ref var x = ref _heap[a];
        ref var y = ref _heap[b];
        return x.Timer.Due != y.Timer.Due ? x.Timer.Due < y.Timer.Due : x.Order < y.Order;
    }

    private void Raise(int at)
    {
        while (at > 0 && Before(at, (at - 1) / 2))
        {
            (_heap[at], _heap[(at - 1) / 2]) = (_heap[(at - 1) / 2], _heap[at]);
            at = (at - 1) / 2;
        }
    }

    private void Sink(int at)
    {
        while (true)
        {
            var least = at;
            var child = (2 * at) + 1;
            if (child < Count && Before(child, least))
                least = child;
            if (child + 1 < Count && Before(child + 1, least))
                least = child + 1;
            if (least == at)
                return;
            (_heap[at], _heap[least]) = (_heap[least], _heap[at]);
            at = least;
        }
    }
}
