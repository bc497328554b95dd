using System.Runtime.InteropServices;

namespace Rollcall.TestKit.Gossip;

internal enum SimulatedEventKind : byte
{
    /// <summary>A node's timer.</summary>
    Timer,

    /// <summary>A datagram arrives.</summary>
    Packet,

    /// <summary>The state of who began an exchange arrives.</summary>
    ExchangeArrives,

    /// <summary>The answer arrives.</summary>
    ExchangeAnswered,

    /// <summary>A ping over TCP is over.</summary>
    StreamPingEnds,

    /// <summary>A node tries to join.</summary>
    Join,

    /// <summary>A node that was frozen runs again.</summary>
    Thaw,

    /// <summary>A slow node stops for a while.</summary>
    Stall,

    /// <summary>Something the test does.</summary>
    Action,
}

/// <summary>Something that happens at a time. <see cref="Life"/> is the process of the node it is for: what was meant for one that is gone does not reach the next.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SimulatedEvent(long Time, SimulatedEventKind Kind, int Node, int Peer, int Life, int Payload, uint Number);

/// <summary>What is to happen, by time, and in the order it was added where the times are equal.</summary>
internal sealed class SimulatedEvents
{
    private SimulatedEvent[] _events = new SimulatedEvent[1024];
    private long[] _orders = new long[1024];
    private long _added;

    public int Count { get; private set; }

    public long Next => Count == 0 ? long.MaxValue : _events[0].Time;

    public void Add(in SimulatedEvent added)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, Count * 2);
            Array.Resize(ref _orders, Count * 2);
        }

        var at = Count++;
        var order = _added++;
        while (at > 0)
        {
            var parent = (at - 1) >> 2;
            if (_events[parent].Time <= added.Time)
                break;
            _events[at] = _events[parent];
            _orders[at] = _orders[parent];
            at = parent;
        }

        _events[at] = added;
        _orders[at] = order;
    }

    public SimulatedEvent Take()
    {
        var first = _events[0];
        Count--;
        if (Count > 0)
            Sink(_events[Count], _orders[Count]);
        return first;
    }

    private void Sink(in SimulatedEvent last, long order)
    {
        var at = 0;
        while (true)
        {
            var child = (at << 2) + 1;
            if (child >= Count)
                break;
            var least = child;
            var end = Math.Min(child + 4, Count);
            for (var other = child + 1; other < end; other++)
            {
                if (_events[other].Time < _events[least].Time || (_events[other].Time == _events[least].Time && _orders[other] < _orders[least]))
                    least = other;
            }

            if (last.Time < _events[least].Time || (last.Time == _events[least].Time && order < _orders[least]))
                break;
            _events[at] = _events[least];
            _orders[at] = _orders[least];
            at = least;
        }

        _events[at] = last;
        _orders[at] = order;
    }
}
